/**
 * `slung-test differ A.wasm B.wasm FIXTURE.csv…`: whether two builds of a workflow behave the same, and where they
 * first differ.
 */
import { loadWorkflow } from '../replay/load-workflow.ts'
import { describeDifference } from '../report/describe-difference.ts'
import { addReplayFlags, readFixtures, replayFixtures, type ReplayFlags } from './replay-files.ts'
import { createCommand, exitCodes, printLines, runCommand } from './run-command.ts'

/** @returns the exit code: 0 when both behave the same, 1 when they differ, 2 when one could not run */
export async function differCommand(args: readonly string[]): Promise<number> {
  const command = addReplayFlags(
    createCommand('slung-test differ')
      .description('Replays fixtures through two workflows and prints the first difference in what they write back.')
      .argument('<one>', 'a workflow, a .wasm file')
      .argument('<other>', 'another workflow')
      .argument('<fixtures...>', 'fixture CSV files'),
  )
  return await runCommand(command, args, async () => {
    const [one, other, ...files] = command.args as [string, string, ...string[]]
    const flags = command.opts<ReplayFlags>()
    const guests = await Promise.all([one, other].map(loadWorkflow))
    const fixtures = await readFixtures(files, flags)
    const [first, second] = await Promise.all(guests.map((guest) => replayFixtures(guest, fixtures, flags)))
    const { same, lines } = describeDifference(first!, second!)
    await printLines(lines.map((line) => `${line}\n`))
    return same ? exitCodes.passed : exitCodes.failed
  })
}
