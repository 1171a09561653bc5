/** `slung record`: turns what happens on a running runtime into a test. */
import { mkdirSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { parseRuntimeUrl } from '../client/runtime-url.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'
import type { RecordingCounts } from '../staging/record/recording-files.ts'
import { ProgressLine, showsProgress } from '../staging/system/progress-line.ts'
import { parseSpan } from './flag-values.ts'
import { complain, type ProgramOutput } from './program-output.ts'
import type { Recorded, RecordRun } from './record-run.ts'
import { createTokenFileOption, createUrlOption, resolveRuntimeAccess, type RuntimeFlags } from './runtime-access.ts'
import { onStopSignal } from './stop-signal.ts'
import { plural } from '../engine/text/words.ts'

interface RecordFlags extends RuntimeFlags {
  /** Microseconds. */
  readonly for?: number
  /** Microseconds. */
  readonly history: number
  readonly workflow?: string
  readonly out: string
  readonly quiet?: true
}

/**
 * Makes the command.
 *
 * @param finish - receives the exit code: 0 everything is written, 1 nothing happened or the end is missing
 */
export function createRecordCommand(output: ProgramOutput, finish: (exitCode: number) => void): Command {
  return new Command('record')
    .summary('record a runtime as a fixture and a spec')
    .description(
      'Records what a runtime receives and what its workflows do in response, as a fixture CSV and a spec that expects the same.',
    )
    .argument('[name]', 'name of the files, without extension (default: recorded-, and the time)')
    .addOption(createUrlOption())
    .addOption(createTokenFileOption())
    .option('--for <duration>', 'stop after this long, such as 10m (default: on Ctrl-C)', parseRecordingTime)
    .addOption(
      new Option('--history <duration>', 'begin with what the store holds from this long before; 0s = nothing')
        .argParser(parseHistory)
        .default(3_600_000_000, '1h'),
    )
    .option('--workflow <name>', 'write a spec for this workflow only')
    .option('--out <dir>', 'write the files to this directory', '.')
    .option('--quiet', 'print neither progress nor a summary')
    .addHelpText(
      'after',
      `
Writes NAME.csv and NAME.slung.yaml, or NAME-WORKFLOW.slung.yaml for each workflow when the runtime has several.
What looks like a secret in URLs and bodies is taken out: read the files before you share them.

Examples:
  slung record incident                                    until Ctrl-C
  slung record incident --for 10m --history 1d             ten minutes, and the day before
  slung record incident --workflow alert --out test        one workflow of several

Ctrl-C stops it: workflows finish with the last samples, and then the files are written.
Exit codes: 0 written, 1 nothing happened or the end is missing, 2 could not record.`,
    )
    .action(async (name: string | undefined, flags: RecordFlags) => {
      finish(await record(checkName(name ?? nameOfNow()), flags, output))
    })
}

async function record(name: string, flags: RecordFlags, output: ProgramOutput): Promise<number> {
  const { out, history, workflow = null, quiet } = flags
  const { url: address, token } = resolveRuntimeAccess(flags)
  const url = parseRuntimeUrl(address)
  makeDirectory(out)
  const { RecordRun } = await import('./record-run.ts')
  const progress = new ProgressLine(output.error, quiet !== true && showsProgress())
  const run = await RecordRun.open({ url, token, historyMicros: history, directory: out, name, workflow }, (reason) => {
    progress.clear()
    complain(output, `the recording ends: ${reason}`)
  })
  const endTimer = flags.for === undefined ? undefined : setTimeout(() => run.stop(), flags.for / 1000)
  const ignoreSignals = onStopSignal(() => run.stop())
  const describe = (seconds: number): string => `recording ${formatClock(seconds)}: ${formatCounts(run.counts)}`
  progress.start(describe)
  try {
    const recorded = await run.run()
    progress.stop(describe)
    return report(recorded, run, quiet === true, output)
  } finally {
    progress.stop(describe)
    clearTimeout(endTimer)
    ignoreSignals()
  }
}

/** Prints the outcome. @returns the exit code */
function report(
  { paths, incomplete, leftIn }: Recorded,
  run: RecordRun,
  isQuiet: boolean,
  output: ProgramOutput,
): number {
  if (incomplete !== null) complain(output, `the recording is incomplete: ${incomplete}`)
  if (paths.length === 0) {
    complain(output, 'nothing was written: no samples arrived, and no workflow wrote anything back')
    return 1
  }
  for (const secret of leftIn) complain(output, `the samples contain what looks like a secret: ${printable(secret)}`)
  for (const path of paths) output.out(`${path}\n`)
  if (!isQuiet) output.error(`recorded ${formatCounts(run.counts)}\n`)
  return incomplete === null ? 0 : 1
}

/** `12,345 samples, 3 writebacks` */
function formatCounts({ samples, writebacks }: RecordingCounts): string {
  return `${plural(samples, 'sample')}, ${plural(writebacks, 'writeback')}`
}

/** `1:05` */
function formatClock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** `recorded-2026-01-01-093000` */
function nameOfNow(): string {
  const [date, time] = new Date().toISOString().split('T') as [string, string]
  return `recorded-${date}-${time.slice(0, 8).replaceAll(':', '')}`
}

/** @throws {SlungError} `bad-usage` */
function checkName(name: string): string {
  if (/^[^/\\\0]+$/.test(name) && !/^\.+$/.test(name)) return name
  throw new SlungError('bad-usage', `cannot record as "${name}": expected a file name; --out sets the directory`)
}

function makeDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true })
  } catch (error) {
    throw new SlungError('unwritable-file', `cannot create the directory "${directory}": ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** The longest delay of a timer: 24 days. */
const spanMillisMax = 2 ** 31 - 1

/** In microseconds. */
function parseHistory(text: string): number {
  return parseSpan(text, '10m or 1h')
}

/** In microseconds. */
function parseRecordingTime(text: string): number {
  const micros = parseSpan(text, '10m or 1h')
  if (micros / 1000 > spanMillisMax) throw new InvalidArgumentError('expected at most 24 days')
  return micros
}
