/**
 * Reads samples from InfluxDB line protocol (`docs/ingest.md`; the format is InfluxData's "Line protocol reference"):
 *
 * ```text
 * weather,site=x\ y temp=21.5,raining=f,note="calm" 1767225600000000000
 * ```
 *
 * Every field that is a number, true or false becomes a separate sample. Its series is the measurement, an underscore
 * and the field (`weather_temp`), or the measurement alone for a field named `value`. A line stays bytes; only the
 * parts that make a series new to this body become text.
 */
import { isBlank } from '../../engine/model/is-blank.ts'
import { parseTimestampBytes, type TimeUnit } from '../../engine/model/parse-timestamp.ts'
import { createSeries, type Series } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { quote } from '../../engine/text/quote.ts'
import type { BodyReader, IngestReport } from './body-reader.ts'
import { CellTable } from '../../engine/fixture/cell-table.ts'
import { LineProtocolLine } from './line-protocol-line.ts'
import { lineBytesMax, LineSplitter } from './line-splitter.ts'
import { parseDecimal } from '../../engine/fixture/parse-decimal.ts'
import { reportReason, reportRefusal } from './report-refusal.ts'
import type { SampleBatchBuilder } from '../../engine/model/columns.ts'

export interface LineProtocolOptions {
  /** The timestamp of lines without one. */
  readonly now: () => Micros
  /** The unit of timestamps; nanoseconds by default, as in InfluxDB. They are floored to microseconds. */
  readonly precision?: TimeUnit
}

/** Reads one body. */
export class LineProtocolBody implements BodyReader {
  readonly #batch: SampleBatchBuilder
  readonly #report: IngestReport
  readonly #now: () => Micros
  readonly #precision: TimeUnit
  readonly #lines: LineSplitter
  readonly #parts = new LineProtocolLine()
  #table = createTable()
  #removalCount: number

  constructor(batch: SampleBatchBuilder, report: IngestReport, { now, precision = 'ns' }: LineProtocolOptions) {
    this.#batch = batch
    this.#removalCount = batch.removalCount
    this.#report = report
    this.#now = now
    this.#precision = precision
    this.#lines = new LineSplitter({
      onLine: (bytes, start, end, line) => this.#takeLine(bytes, start, end, line),
      onOverlong: (line) => reportReason(report, line, `the line is longer than ${lineBytesMax} bytes`),
    })
  }

  push(chunk: Uint8Array): void {
    this.#forgetRemoved()
    this.#lines.push(chunk)
  }

  finish(): void {
    this.#forgetRemoved()
    this.#lines.finish()
  }

  #forgetRemoved(): void {
    const { removalCount } = this.#batch
    if (removalCount !== this.#removalCount) this.#table = createTable()
    this.#removalCount = removalCount
  }

  #takeLine(bytes: Uint8Array, start: number, end: number, line: number): void {
    while (start < end && isBlank(bytes[start]!)) start++
    while (end > start && isBlank(bytes[end - 1]!)) end--
    if (start === end || bytes[start] === hash) return
    let timestamp: Micros
    try {
      this.#parts.split(bytes, start, end)
      timestamp = this.#readTimestamp()
    } catch (error) {
      reportRefusal(this.#report, line, error)
      return
    }
    for (let index = 0; index < this.#parts.fieldCount; index++) {
      this.#parts.selectField(index)
      try {
        const value = readValue(this.#parts)
        this.#batch.add(this.#findSeries(timestamp), timestamp, value, line)
        this.#report.accepted++
      } catch (error) {
        reportRefusal(this.#report, line, error)
      }
    }
  }

  #readTimestamp(): Micros {
    const { label, timestampStart: start, timestampEnd: end } = this.#parts
    if (start === end) return this.#now()
    const unit = this.#precision
    const micros = isInteger(label.bytes, start, end) ? parseTimestampBytes(label.bytes, start, end, unit) : Number.NaN
    if (Number.isFinite(micros)) return micros
    const problem = Number.isNaN(micros) ? 'is not an integer' : 'is out of range'
    const expected = `expected ${unit} since 1970 (the parameter precision says which unit: ns, us, ms or s)`
    throw new SlungError('bad-timestamp', `timestamp ${show(label.bytes, start, end)} ${problem}, ${expected}`)
  }

  #findSeries(timestamp: Micros): number {
    const { label } = this.#parts
    const known = this.#table.find(label)
    if (known >= 0) return known
    const { bytes, starts, ends } = label
    const head = decode('measurement and tags', bytes, starts[0]!, ends[0]!)
    const field = decode('field', bytes, starts[1]!, ends[1]!)
    const series = this.#batch.intern(readSeries(head, field), timestamp)
    if (this.#table.isFull) this.#table = createTable()
    this.#table.add(label, series)
    return series
  }
}

function createTable(): CellTable {
  return new CellTable([0, 1])
}

/** The number that the current field stands for. */
function readValue({ label, valueStart: start, valueEnd: end }: LineProtocolLine): number {
  const { bytes, starts, ends } = label
  const refuse = (problem: string): SlungError =>
    new SlungError('bad-value', `field ${show(bytes, starts[1]!, ends[1]!)} ${problem}`)
  if (start === end) throw refuse('has no value, expected a number, true or false')
  if (bytes[start] === quoteByte) throw refuse('is a string; only numbers, true and false can be stored')
  const letter = bytes[start]! | 0x20
  if (letter === smallT || letter === smallF) {
    const boolean = booleans.get(decode('value', bytes, start, end))
    if (boolean !== undefined) return boolean
  }
  const last = bytes[end - 1]
  const isSuffixed = last === smallI || (last === smallU && bytes[start] !== hyphen)
  const digitsEnd = isSuffixed && isInteger(bytes, start, end - 1) ? end - 1 : end
  const value = parseDecimal(bytes, start, digitsEnd)
  if (Number.isFinite(value)) return value
  if (Number.isNaN(value)) throw refuse(`has the value ${show(bytes, start, end)}, expected a number, true or false`)
  throw refuse(`has the value ${show(bytes, start, end)}, which is too large for a double`)
}

/** @param head - measurement and tags; like `field`, with its escapes */
function readSeries(head: string, field: string): Series {
  const [measurement = '', ...tagTexts] = head.split(/(?<!\\),/)
  const tags = tagTexts.map((text) => {
    const at = text.search(/(?<!\\)=/)
    if (at > 0 && at < text.length - 1) return text.replaceAll(/\\([,= ])/g, '$1')
    const problem = at < 0 ? 'has no value' : at === 0 ? 'has no key' : 'has an empty value'
    throw new SlungError('bad-series', `tag ${quote(text)} ${problem}, expected key=value`)
  })
  if (measurement === '')
    throw new SlungError('bad-series', 'the measurement is missing, expected a name before the tags')
  const name = measurement.replaceAll(/\\([, ])/g, '$1')
  const suffix = field === 'value' ? '' : `_${field.replaceAll(/\\([,= ])/g, '$1')}`
  return createSeries(`${name}${suffix}`, tags)
}

function isInteger(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === hyphen ? start + 1 : start
  if (at >= end) return false
  for (; at < end; at++) if (bytes[at]! < zero || bytes[at]! > nine) return false
  return true
}

function decode(what: string, bytes: Uint8Array, start: number, end: number): string {
  try {
    return strictDecoder.decode(bytes.subarray(start, end))
  } catch (cause) {
    throw new SlungError('bad-text', `${what} ${show(bytes, start, end)} is not valid UTF-8`, { cause })
  }
}

function show(bytes: Uint8Array, start: number, end: number): string {
  return quote(lenientDecoder.decode(bytes.subarray(start, end)))
}

const booleans: ReadonlyMap<string, number> = new Map([
  ...['t', 'T', 'true', 'True', 'TRUE'].map((text) => [text, 1] as const),
  ...['f', 'F', 'false', 'False', 'FALSE'].map((text) => [text, 0] as const),
])

const quoteByte = 0x22
const hash = 0x23
const hyphen = 0x2d
const zero = 0x30
const nine = 0x39
const smallF = 0x66
const smallI = 0x69
const smallT = 0x74
const smallU = 0x75

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
