/** Writes a trace while a run is in progress. */
import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { formatSeries, SlungError, type GuestModule } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import { CallOrigins } from './call-origins.ts'
import type { FiledLine, TraceEnd, TraceHead } from './trace-file.ts'
import type { TraceLine } from './trace-line.ts'

/**
 * Creates the file, and its folder, and writes down what `perform` passes on.
 *
 * @param perform - replays; when it throws, the trace ends there
 * @throws {SlungError} `trace-failed` when the file cannot be written; what `perform` throws
 */
export async function writeTrace(
  file: string,
  guest: GuestModule,
  perform: (onTrace: (lines: readonly TraceLine[]) => void) => Promise<ReplayRun>,
): Promise<ReplayRun> {
  const origins = new CallOrigins(guest)
  let failure: Error | undefined
  await mkdir(dirname(file), { recursive: true }).catch((error: Error) => {
    failure = error
  })
  const stream = createWriteStream(file)
  stream.on('error', (error) => {
    failure ??= error
  })
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()))
  const write = (line: TraceHead | FiledLine | TraceEnd): void => {
    if (failure === undefined) stream.write(`${JSON.stringify(line)}\n`)
  }
  let run: ReplayRun
  try {
    write({ trace: 1, workflow: guest.file })
    run = await perform((lines) => {
      for (const line of lines) write(toFiled(line, origins))
    })
    const { at, outcome, code, modes, producers } = run
    write({ at, end: outcome, code, modes, producers: Object.fromEntries(producers) })
  } finally {
    stream.end()
    await closed
  }
  // An incomplete trace must not pass for a whole one.
  if (failure !== undefined)
    throw new SlungError('trace-failed', `cannot write the trace "${file}": ${failure.message}`)
  return run
}

function toFiled(line: TraceLine, origins: CallOrigins): FiledLine {
  if ('row' in line) {
    const { file, line: number, timestamp, series, value } = line.row
    return { at: line.at, row: `${file}:${number}`, timestamp, series: formatSeries(series), value }
  }
  const { at, call, args, result, refused, stack } = line
  const from = stack === undefined ? null : origins.of(stack)
  return { at, call, args, result, ...(refused !== undefined && { refused }), ...(from !== null && { from }) }
}
