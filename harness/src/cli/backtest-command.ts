/**
 * `slung backtest FILE.wasm --data DIR`: replays what a data directory holds through a workflow, to see when it would
 * have fired. The command `slung` loads it from here (`@slung/harness/backtest`), because the runtime has no replay.
 */
import {
  assertProducer,
  formatTimestamp,
  parseDuration,
  parseTimestamp,
  plural,
  SlungError,
  timestampMicrosMax,
  type Fixture,
  type GuestModule,
  type Micros,
  type TimeSpan,
} from '@slung/runtime'
import { InvalidArgumentError, type Command } from 'commander'
import { readStore } from '../input/read-store.ts'
import { loadWorkflow } from '../replay/load-workflow.ts'
import { describeDifference } from '../report/describe-difference.ts'
import { describeRun } from '../report/describe-run.ts'
import { jsonLines } from '../report/json-lines.ts'
import { arrivalsOf, farTimeProblem } from '../run/far-time.ts'
import { endedWell } from '../run/describe-outcome.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { parseWith } from './parse-with.ts'
import { addRunFlags, duration, replayFixtures, type RunFlags } from './replay-files.ts'
import { createCommand, exitCodes, printLines, runCommand, watchOutput } from './run-command.ts'

interface Flags extends RunFlags {
  readonly data: string
  readonly from?: Micros
  readonly to?: Micros
  /** Microseconds. */
  readonly history?: number
  readonly producer?: string
  readonly against?: string
  readonly json?: true
}

/**
 * Runs the command in this process, whose output it watches.
 *
 * @param args - without `slung backtest`
 * @returns the exit code. Of one workflow: 0 when the run drained or `call` returned 0, 1 when it did not. Of two: 0
 *   when both behave the same, 1 when they differ. 2 when it could not run
 */
export async function backtestCommand(args: readonly string[]): Promise<number> {
  watchOutput('slung')
  const command = createBacktestCommand()
  return await runCommand(command, args, async () => {
    const flags = command.opts<Flags>()
    checkFlags(command, flags)
    const guest = await loadWorkflow(command.args[0]!)
    const other = flags.against === undefined ? null : await loadWorkflow(flags.against)
    const samples = await readSamples(flags)
    return other === null ? await backtest(guest, samples, flags) : await compare(guest, other, samples, flags)
  })
}

function createBacktestCommand(): Command {
  const command = createCommand('slung backtest')
    .description(
      'Replays what a data directory holds through a workflow in virtual time, and prints everything it would have done.\n' +
        'A runtime may have the directory open. Nothing is written to it, and nothing is sent.',
    )
    .argument('<workflow>', 'the workflow, a .wasm file')
    .requiredOption('--data <dir>', 'the data directory of a "slung run"')
    .option('--from <time>', 'when the workflow starts; earlier samples are in the store by then', pointInTime)
    .option('--to <time>', 'when the run ends; samples of that time still arrive (default: the last one)', pointInTime)
    .option('--history <duration>', 'read no more than this from before --from, such as 1d (default: all)', duration)
    .option('--producer <name>', 'connection that all samples come from', parseWith(readProducer))
    .option('--against <other>', 'another workflow: print where the two first differ')
    .option('--json', 'print one JSON object per line')
  return addRunFlags(command, 'ok').addHelpText(
    'after',
    `
A time is such as 2026-01-01T00:00:07Z, "2026-01-01 00:00:07" (UTC), microseconds since 1970, now, or -7d for a week ago.
Samples arrive at their timestamps, because a store does not keep when they came. It does not keep from where either, so
Events have no producers without --producer.

Examples:
  slung backtest build/alert.wasm --data data --from -7d                            what last week would have been
  slung backtest build/alert.wasm --data data --against build/alert-40.wasm         what another threshold changes

Exit codes: 0 the run ended as it should, 1 it did not, 2 could not run; with --against, 0 equal, 1 different.`,
  )
}

function checkFlags(command: Command, { from, to, history, against, json }: Flags): void {
  if (history !== undefined && from === undefined) command.error('error: --history counts back from --from: add --from')
  if (json && against !== undefined) command.error('error: --json prints one timeline: leave out --against')
  if (from !== undefined && to !== undefined && to < from) {
    command.error(`error: --to (${formatTimestamp(to)}) is before --from (${formatTimestamp(from)})`)
  }
}

async function readSamples({ data, from, to, history, producer }: Flags): Promise<Fixture> {
  const span: TimeSpan = {
    start: history === undefined ? -timestampMicrosMax : Math.max(from! - history, -timestampMicrosMax),
    end: to ?? timestampMicrosMax,
  }
  const samples = await readStore({ directory: data, span, producer: producer ?? null })
  const arrivals = arrivalsOf([samples])!
  for (const [flag, time] of Object.entries({ '--from': from, '--to': to })) {
    const problem = time === undefined ? null : farTimeProblem(time, arrivals)
    if (problem !== null) throw new SlungError('far-time', `cannot backtest: ${flag} is ${problem}`)
  }
  return samples
}

async function run(guest: GuestModule, samples: Fixture, { from, to, ...flags }: Flags): Promise<ReplayRun> {
  const passage = { ...(from !== undefined && { start: from }), ...(to !== undefined && { until: { at: to } }) }
  return await replayFixtures(guest, [samples], { ...flags, ...passage }, { program: 'slung' })
}

async function backtest(guest: GuestModule, samples: Fixture, flags: Flags): Promise<number> {
  const done = await run(guest, samples, flags)
  const notes = [...done.notes, ...notesOn([guest], [done], flags)]
  await printLines(flags.json ? jsonLines(done) : describeRun({ ...done, notes }))
  return endedWell(done) ? exitCodes.passed : exitCodes.failed
}

async function compare(guest: GuestModule, other: GuestModule, samples: Fixture, flags: Flags): Promise<number> {
  const guests = [guest, other]
  const [first, second] = await Promise.all(guests.map((each) => run(each, samples, flags)))
  const { same, lines } = describeDifference(first!, second!)
  const notes = notesOn(guests, [first!, second!], flags).map((note) => `note: ${note}`)
  await printLines([...lines, ...notes].map((line) => `${line}\n`))
  return same ? exitCodes.passed : exitCodes.failed
}

/** What a reader of the timeline has to know about a past that was partly made up. */
function notesOn(
  guests: readonly GuestModule[],
  runs: readonly ReplayRun[],
  { http, producer }: Pick<Flags, 'http' | 'producer'>,
): string[] {
  const answered = runs.flatMap(({ writebacks }) => writebacks.filter(({ kind }) => kind === 'http')).length
  const sendsTexts = guests.some(({ report }) => report.imports.some(({ name }) => name === 'u_writeback_ws'))
  return [
    ...(http === 'ok' && answered > 0
      ? [`nothing was sent: ${plural(answered, 'request')} got a 200 with an empty body (--http deny answers none)`]
      : []),
    ...(sendsTexts && producer === undefined
      ? ['Events had no producers to send texts to: a store does not keep them (--producer NAME gives them one)']
      : []),
  ]
}

function readProducer(name: string): string {
  assertProducer(name)
  return name
}

function pointInTime(text: string): Micros {
  const now = Date.now() * 1000
  if (text.trim() === 'now') return now
  const micros = parseTimestamp(text)
  if (micros !== null) return micros
  const [, minus, ago] = /^(?:-(.*)|(.*) ago)$/.exec(text.trim()) ?? []
  const distance = parseDuration(minus ?? ago ?? '')
  if (distance !== null) return Math.max(now - distance, -timestampMicrosMax)
  throw new InvalidArgumentError('expected a time such as 2026-01-01T00:00:07Z, or -7d')
}
