/** `slung send`: streams a CSV to a runtime and shows the writebacks that come back. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseTimeUnit } from '../engine/fixture/time-unit.ts'
import type { TimeUnit } from '../engine/model/parse-timestamp.ts'
import { parseSpan, parseWith, repeatable } from './flag-values.ts'
import { complain, type ProgramOutput } from './program-output.ts'
import { ProgressLine, showsProgress } from '../staging/system/progress-line.ts'
import { createTokenFileOption, createUrlOption, resolveRuntimeAccess, type RuntimeFlags } from './runtime-access.ts'
import { readSendFixture } from './send-fixture.ts'
import { formatProgress, formatSummary, formatWriteback } from './send-report.ts'
import { plural } from '../engine/text/words.ts'
import type { SendRun } from './send-run.ts'
import { onStopSignal } from './stop-signal.ts'

interface SendFlags extends RuntimeFlags {
  readonly series?: string
  readonly tag: readonly string[]
  readonly producer?: string
  readonly timeUnit?: TimeUnit
  readonly pace?: number
  /** Milliseconds. */
  readonly linger: number
  readonly quiet?: true
  readonly json?: true
}

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 every row is acknowledged, 1 some are not
 */
export function createSendCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('send')
    .summary('stream a CSV to a runtime')
    .description(
      'Sends the rows of a fixture CSV to a runtime and prints the writebacks that come back to its producers.',
    )
    .argument('<file>', 'the CSV file, with the columns of a fixture')
    .addOption(createUrlOption())
    .addOption(createTokenFileOption())
    .option('--series <name>', 'series for rows that name none')
    .addOption(repeatable('--tag <tag>', 'tag added to every row, such as sensor=1'))
    .option('--producer <name>', 'producer for rows that name none')
    .option('--time-unit <unit>', 'unit of integer timestamps: s, ms, us or ns', parseWith(parseTimeUnit))
    .option('--pace <speed>', 'keep the arrival times: 1 = as it happened, 10 = ten times faster', parsePace)
    .addOption(
      new Option('--linger <duration>', 'wait for late writebacks until none has come for this long')
        .argParser(parseLinger)
        .default(1000, '1s'),
    )
    .option('--quiet', 'print neither progress nor a summary')
    .option('--json', 'print each writeback as {"producer":…,"text":…}')
    .addHelpText(
      'after',
      `
Rows are sent in the order of the column "arrives" (or of the timestamp, without it), ties in file order: the order of a replay.
Each producer has its own connection. They open in the order in which the producers appear in the file, so a runtime that has
just started numbers them 1, 2, …; rows without a producer use one more, called "send".
Before it goes on to another producer, the command waits until the runtime has taken what was sent, so a file that alternates
between producers takes longer.

A lost connection ends the run. Sending a file again is safe: a series has one sample per timestamp.

Examples:
  slung send hot.csv                                       as fast as possible
  slung send nab.csv --series temp --producer edge-a       a CSV with only times and values
  slung send hot.csv --pace 60                             an hour in a minute

Ctrl-C stops sending; a second one does not wait for acknowledgements.
Exit codes: 0 every row is acknowledged, 1 some rows were refused, not acknowledged or not sent, 2 could not run.`,
    )
    .action(async (file: string, flags: SendFlags) => {
      finish(await sendFile(file, flags, output))
    })
}

async function sendFile(file: string, flags: SendFlags, output: ProgramOutput): Promise<number> {
  const access = resolveRuntimeAccess(flags)
  const { series, tag, producer, timeUnit, json, quiet } = flags
  const fixture = await readSendFixture(file, {
    tags: tag,
    ...(series !== undefined && { series }),
    ...(producer !== undefined && { producer }),
    ...(timeUnit !== undefined && { timeUnit }),
  })
  const { SendRun, unnamedProducer } = await import('./send-run.ts')
  const width = Math.max(...[...fixture.producerNames, unnamedProducer].map(({ length }) => length))
  const progress = new ProgressLine(output.error, quiet !== true && showsProgress())
  const stop = new AbortController()
  const ignoreSignals = onStopSignal(() => stop.abort())
  try {
    const run = await SendRun.open(fixture, {
      ...access,
      pace: flags.pace ?? null,
      lingerMillis: flags.linger,
      stop: stop.signal,
      onWriteback: (name, text) => {
        progress.clear()
        output.out(formatWriteback(name, text, json === true ? 'json' : 'text', width))
      },
    })
    const describe = (): string => formatProgress(run.counts)
    progress.start(describe)
    await run.run().finally(() => progress.stop(describe))
    return report(run, fixture.file, quiet === true, output)
  } finally {
    ignoreSignals()
  }
}

/** Prints the outcome. @returns the exit code */
function report(run: SendRun, file: string, isQuiet: boolean, output: ProgramOutput): number {
  const { counts, refusedRows, failure } = run
  for (const { line, reason } of refusedRows) output.error(`${file}:${line}: ${reason}\n`)
  const more = counts.refusedCount - refusedRows.length
  if (more > 0) output.error(`and ${plural(more, 'more refused row')}\n`)
  if (failure !== null) complain(output, failure.message)
  if (!isQuiet) output.error(`${formatSummary(counts)}\n`)
  return counts.acknowledgedCount === counts.rowCount ? 0 : 1
}

function parsePace(text: string): number {
  const pace = Number(text)
  if (text.trim() !== '' && Number.isFinite(pace) && pace > 0) return pace
  throw new InvalidArgumentError('expected a number above 0, such as 1 or 10')
}

function parseLinger(text: string): number {
  return parseSpan(text, '1s or 250ms') / 1000
}
