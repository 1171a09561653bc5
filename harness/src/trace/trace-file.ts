/**
 * Traces as files: JSON lines, so that any tool can read them. The first line says what was run, the last one how it
 * ended; between them stand the rows that arrived and the calls of the workflow, in order.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { describeFileError, type Micros, SlungError } from '@slung/runtime'
import type { PassageOfTime } from '../run/passage-of-time.ts'
import type { ReplayRun } from '../run/replay-run.ts'

export interface TraceHead {
  /** The version of the format. */
  readonly trace: 1
  readonly workflow: string
}

export interface TraceEnd {
  readonly at: Micros
  readonly end: ReplayRun['outcome']
  readonly code: number | null
  readonly modes: PassageOfTime
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

/** @throws {SlungError} `bad-trace` for a missing file, or one that is not a trace */
export async function readTrace(file: string): Promise<TraceFile> {
  const fail = (problem: string, cause?: unknown): SlungError =>
    new SlungError('bad-trace', `cannot read the trace "${file}": ${problem}`, { cause })
  let head: TraceHead | null = null
  let end: TraceEnd | null = null
  const lines: FiledLine[] = []
  let broken: { readonly line: number; readonly problem: string } | null = null
  let number = 0
  try {
    const stats = await stat(file)
    // A device may have no end, nor any line.
    if (stats.isCharacterDevice() || stats.isBlockDevice()) throw new Error('it is not a regular file')
    // Line by line: a trace may be longer than the longest string.
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      number++
      if (text === '') continue
      if (broken !== null) throw fail(`line ${broken.line} ${broken.problem}`)
      const value = parseLine(text)
      if (number === 1) {
        if (!isHead(value)) throw fail('its first line is not {"trace":1,…}: it is not a trace of slung-test')
        head = value
      } else if (isEnd(value)) end = value
      else if (isFiledLine(value)) lines.push(value)
      else broken = { line: number, problem: value === undefined ? 'is not JSON' : 'is neither a row nor a call' }
    }
  } catch (error) {
    if (error instanceof SlungError) throw error
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw fail(`${describeFileError(error)}${isMissing ? '; slung-test --trace writes traces' : ''}`, error)
  }
  if (head === null) throw fail('it is empty')
  // A run that was killed may have left half a line, but nothing that is whole and wrong.
  if (broken !== null && broken.problem !== 'is not JSON') throw fail(`line ${broken.line} ${broken.problem}`)
  return { head, lines, end }
}

/** `undefined` for what is not JSON. */
function parseLine(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

type Keys = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Keys {
  return typeof value === 'object' && value !== null
}

function isHead(value: unknown): value is TraceHead {
  return isObject(value) && value['trace'] === 1 && typeof value['workflow'] === 'string'
}

function isEnd(value: unknown): value is TraceEnd {
  return isObject(value) && typeof value['end'] === 'string' && isObject(value['modes'])
}

function isFiledLine(value: unknown): value is FiledLine {
  if (!isObject(value) || !Number.isSafeInteger(value['at'])) return false
  const isRow = typeof value['row'] === 'string' && typeof value['series'] === 'string'
  return isRow || (typeof value['call'] === 'string' && Array.isArray(value['args']))
}
