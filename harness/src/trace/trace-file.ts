/**
 * Traces as files: JSON lines, so that any tool can read them. The first line says what was run, the last one how it ended;
 * between them stand the rows that arrived and the calls of the workflow, in order.
 */
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { once } from 'node:events'
import { formatSeries, readFrames, SlungError, type GuestModule, type Micros } from '@slung/runtime'
import type { ReplayModes } from '../replay/modes.ts'
import type { ReplayRun } from '../replay/replay-run.ts'
import type { TraceLine } from './trace-line.ts'

export interface TraceHead {
  /** The version of the format. */
  readonly trace: 1
  readonly workflow: string
}

export interface TraceEnd {
  readonly at: Micros
  readonly end: ReplayRun['outcome']
  readonly code: number | null
  readonly modes: ReplayModes
  /** Names by connection id. */
  readonly producers: Readonly<Record<string, string>>
}

/** One row or call, as it stands in the file. */
export type FiledLine =
  | {
      readonly at: Micros
      /** `file:line` of the fixture. */
      readonly row: string
      readonly timestamp: Micros
      readonly series: string
      readonly value: number
    }
  | {
      readonly at: Micros
      readonly call: string
      readonly args: readonly (string | number)[]
      readonly result: unknown
      readonly refused?: string
      /** The function of the workflow that called. */
      readonly from?: string
    }

export interface TraceFile {
  readonly head: TraceHead
  readonly lines: readonly FiledLine[]
  /** `null` in a file that was cut off. */
  readonly end: TraceEnd | null
}

/** Writes a trace while a run goes on. Whoever creates it calls `finish` or `abandon`. */
export class TraceWriter {
  readonly #stream: WriteStream
  readonly #origins: CallOrigins
  #failure: Error | undefined

  private constructor(stream: WriteStream, guest: GuestModule) {
    this.#stream = stream
    this.#origins = new CallOrigins(guest)
    stream.on('error', (error) => {
      this.#failure = error
    })
    this.#write({ trace: 1, workflow: guest.file } satisfies TraceHead)
  }

  /** Creates the file, and its folder. */
  static async open(file: string, guest: GuestModule): Promise<TraceWriter> {
    await mkdir(dirname(file), { recursive: true })
    return new TraceWriter(createWriteStream(file), guest)
  }

  add(lines: readonly TraceLine[]): void {
    for (const line of lines) this.#write(toFiled(line, this.#origins))
  }

  /** @throws {SlungError} `trace-failed` when the file could not be written */
  async finish({ at, outcome, code, modes, producers }: ReplayRun): Promise<void> {
    const end: TraceEnd = { at, end: outcome, code, modes, producers: Object.fromEntries(producers) }
    this.#write(end)
    this.#stream.end()
    if (this.#failure === undefined && !this.#stream.writableFinished)
      await once(this.#stream, 'finish').catch(() => {})
    if (this.#failure === undefined) return
    throw new SlungError(
      'trace-failed',
      `cannot write the trace "${this.#stream.path.toString()}": ${this.#failure.message}`,
    )
  }

  #write(line: object): void {
    this.#stream.write(`${JSON.stringify(line)}\n`)
  }
}

/** Which function of the workflow a call came from: names and positions are looked up once for each place. */
export class CallOrigins {
  readonly #guest: GuestModule
  readonly #known = new Map<string, string | null>()

  constructor(guest: GuestModule) {
    this.#guest = guest
  }

  /** @param stack - of a traced call; @returns such as `alertHigh (assembly/index.ts:41:3)`; `null` when it cannot be told */
  of(stack: string): string | null {
    let origin = this.#known.get(stack)
    if (origin === undefined) {
      const [frame] = readFrames(stack, this.#guest)
      origin =
        frame === undefined ? null : frame.location === null ? frame.function : `${frame.function} (${frame.location})`
      this.#known.set(stack, origin)
    }
    return origin
  }
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

/** @throws {SlungError} `bad-trace` for a file that is not there or is no trace */
export async function readTrace(file: string): Promise<TraceFile> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new SlungError('bad-trace', `cannot read the trace "${file}": ${problem}`, { cause })
  }
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    fail(error.code === 'ENOENT' ? 'there is no such file; slung-test --trace writes traces' : error.message, error),
  )
  const values = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index, { length }): unknown => {
      try {
        return JSON.parse(line)
      } catch (error) {
        // A run that was killed may have left half a line.
        return index === length - 1 ? null : fail(`line ${index + 1} is not JSON`, error)
      }
    })
  const [head, ...rest] = values.filter((value) => value !== null) as [TraceHead?, ...(FiledLine | TraceEnd)[]]
  if (head?.trace !== 1) return fail('its first line is not {"trace":1,…}: it is no trace of slung-test')
  const end = rest.findLast((line): line is TraceEnd => 'end' in line) ?? null
  return { head, end, lines: rest.filter((line): line is FiledLine => !('end' in line)) }
}
