/** `slung-test replay FILE.wasm FIXTURE.csv…`: prints what a workflow does, without a spec. */
import { once } from 'node:events'
import { loadGuest, parseTimeUnit, type TimeUnit } from '@slung/runtime'
import { InvalidArgumentError, Option } from 'commander'
import { describeRun } from '../report/describe-run.ts'
import { jsonLines } from '../report/json-lines.ts'
import { withGuestThread } from '../replay/guest-threads.ts'
import { denyDoor, okDoor } from '../replay/http-door.ts'
import { readFixture, type FixtureSource } from '../replay/read-fixture.ts'
import type { ReplayRun } from '../replay/replay-run.ts'
import { runReplay, seedDefault, watchdogMillisDefault } from '../replay/run-replay.ts'
import { createCommand, exitCodes, runCommand } from './run-command.ts'

interface Flags {
  readonly series?: string
  readonly tag: readonly string[]
  readonly producer?: string
  readonly timeUnit?: TimeUnit
  readonly http: 'ok' | 'deny'
  readonly json?: true
}

/** @returns the exit code: 0 when the run drained or `call` returned 0, 1 when it did not, 2 when it could not run */
export async function replayCommand(args: readonly string[]): Promise<number> {
  const command = createCommand('slung-test replay')
    .description('Replay fixtures through a workflow in virtual time and print everything it does')
    .argument('<workflow>', 'the workflow, a .wasm file')
    .argument('<fixtures...>', 'fixture CSV files')
    .option('--series <name>', 'series of rows whose CSV has no series column')
    .option('--tag <tag>', 'tag added to every row, such as sensor=1 (may be repeated)', collect, [])
    .option('--producer <name>', 'producer of rows whose CSV has no producer column')
    .option('--time-unit <unit>', 'unit of integer timestamps: s, ms, us or ns', timeUnit)
    .addOption(
      new Option('--http <reply>', 'how HTTP requests are answered: 200 with an empty body, or not at all')
        .choices(['ok', 'deny'])
        .default('deny'),
    )
    .option('--json', 'print one JSON object per line')
  return await runCommand(command, args, async () => {
    const [workflow, ...fixtures] = command.args as [string, ...string[]]
    const flags = command.opts<Flags>()
    const run = await replayFiles(workflow, fixtures, flags)
    for (const line of flags.json ? jsonLines(run) : describeRun(run)) {
      if (!process.stdout.write(line)) await once(process.stdout, 'drain')
    }
    const isFine = run.outcome === 'drained' || (run.outcome === 'returned' && run.code === 0)
    return isFine ? exitCodes.passed : exitCodes.failed
  })
}

async function replayFiles(workflow: string, files: readonly string[], flags: Flags): Promise<ReplayRun> {
  const guest = await loadGuest(workflow)
  const options: Omit<FixtureSource, 'csv'> = {
    tags: flags.tag,
    ...(flags.series !== undefined && { series: flags.series }),
    ...(flags.producer !== undefined && { producer: flags.producer }),
    ...(flags.timeUnit !== undefined && { timeUnit: flags.timeUnit }),
  }
  const fixtures = await Promise.all(files.map((csv) => readFixture({ csv, ...options })))
  return await withGuestThread((thread) =>
    runReplay(thread, {
      guest,
      fixtures,
      http: flags.http === 'ok' ? okDoor : denyDoor,
      watchdogMillis: watchdogMillisDefault,
      seed: seedDefault,
      environment: {},
    }),
  )
}

function collect(tag: string, tags: readonly string[]): string[] {
  return [...tags, tag]
}

function timeUnit(text: string): TimeUnit {
  try {
    return parseTimeUnit(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}
