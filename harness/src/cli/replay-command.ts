/**
 * `slung-test replay FILE.wasm FIXTURE.csv…`: prints what a workflow does, without a spec. With `--trace FILE` it
 * records every call, and without a workflow it walks through the record.
 */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { loadWorkflow } from '../replay/load-workflow.ts'
import { describeRun } from '../report/describe-run.ts'
import { jsonLines } from '../report/json-lines.ts'
import { writeTrace } from '../trace/trace-writer.ts'
import { addReplayFlags, readFixtures, replayFixtures, type ReplayFlags } from './replay-files.ts'
import { endedWell } from '../run/describe-outcome.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { createCommand, exitCodes, printLines, runCommand } from './run-command.ts'
import { walkTrace } from './walk-command.ts'

interface Flags extends ReplayFlags {
  readonly json?: true
  readonly trace?: string
  readonly step?: true
}

/** @returns the exit code: 0 when the run drained or `call` returned 0, 1 when it did not, 2 when it could not run */
export async function replayCommand(args: readonly string[]): Promise<number> {
  const command = addReplayFlags(
    createCommand('slung-test replay')
      .description('Replays fixtures through a workflow in virtual time and prints everything it does.')
      .argument('[workflow]', 'the workflow, a .wasm file; without one, --trace names what to walk through')
      .argument('[fixtures...]', 'fixture CSV files'),
  )
    .option('--json', 'print one JSON object per line')
    .option('--trace <file>', 'write every call of the workflow to this file; without a workflow: walk through it')
    .option('--step', 'walk line by line: Enter shows the next line')
  return await runCommand(command, args, async () => {
    const [workflow, ...fixtures] = command.args
    const { trace, step, json, ...flags } = command.opts<Flags>()
    if (workflow === undefined && trace !== undefined) {
      refuseOthers(command)
      return await walkTrace({ trace, ...(flags.until !== undefined && { until: flags.until }), ...(step && { step }) })
    }
    if (workflow === undefined || fixtures.length === 0) {
      const missing = workflow === undefined ? 'workflow' : 'fixtures'
      const hint = workflow === undefined ? ' (without a workflow, --trace FILE walks through a trace)' : ''
      command.error(`error: missing required argument '${missing}'${hint}`)
    }
    if (step) command.error('error: --step walks through an existing trace: leave out the workflow')
    if (trace !== undefined && [workflow, ...fixtures].some((file) => resolve(file!) === resolve(trace))) {
      command.error(`error: --trace would overwrite "${trace}", which is being replayed`)
    }
    const run = await replayFiles(workflow!, fixtures, flags, trace)
    await printLines(json ? jsonLines(run) : describeRun(run))
    return endedWell(run) ? exitCodes.passed : exitCodes.failed
  })
}

/** A walk replays nothing, so a flag that says how is a mistake. */
function refuseOthers(command: Command): void {
  const walking = new Set(['trace', 'step', 'until'])
  const other = command.options.find(
    (option) => !walking.has(option.attributeName()) && command.getOptionValueSource(option.attributeName()) === 'cli',
  )
  if (other !== undefined)
    command.error(`error: ${other.long} says how to replay, but without a workflow nothing is replayed`)
}

async function replayFiles(
  workflow: string,
  files: readonly string[],
  flags: ReplayFlags,
  traceFile: string | undefined,
): Promise<ReplayRun> {
  const guest = await loadWorkflow(workflow)
  const fixtures = await readFixtures(files, flags)
  if (traceFile === undefined) return await replayFixtures(guest, fixtures, flags)
  return await writeTrace(traceFile, guest, (onTrace) => replayFixtures(guest, fixtures, flags, { onTrace }))
}
