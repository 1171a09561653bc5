/**
 * Reads samples from NDJSON: one object per line, as in `docs/ingest.md`.
 *
 * ```json
 * {"series":"temp","value":21.5,"timestamp":1767225600000000,"tags":["sensor=1"]}
 * ```
 */
import { parseTimestamp, timestampForms } from '../../engine/model/parse-timestamp.ts'
import { parseJson, WrittenNumber } from '../../engine/model/json.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { timestampMicrosMax, type Micros } from '../../engine/model/timestamp.ts'
import { quote } from '../../engine/text/quote.ts'
import { suggest } from '../../engine/text/suggest.ts'
import type { BodyReader, IngestReport } from './body-reader.ts'
import { lineBytesMax, LineSplitter } from './line-splitter.ts'
import { reportReason, reportRefusal } from './report-refusal.ts'
import type { SampleBatchBuilder } from '../../engine/model/columns.ts'

export interface NdjsonOptions {
  /** The timestamp of lines without one. */
  readonly now: () => Micros
}

/** Reads one body. */
export class NdjsonBody implements BodyReader {
  readonly #batch: SampleBatchBuilder
  readonly #report: IngestReport
  readonly #now: () => Micros
  readonly #lines: LineSplitter

  constructor(batch: SampleBatchBuilder, report: IngestReport, { now }: NdjsonOptions) {
    this.#batch = batch
    this.#report = report
    this.#now = now
    this.#lines = new LineSplitter({
      onLine: (bytes, start, end, line) => this.#takeLine(bytes.subarray(start, end), line),
      onOverlong: (line) => reportReason(report, line, `the line is longer than ${lineBytesMax} bytes`),
    })
  }

  push(chunk: Uint8Array): void {
    this.#lines.push(chunk)
  }

  finish(): void {
    this.#lines.finish()
  }

  #takeLine(bytes: Uint8Array, line: number): void {
    try {
      const text = decodeLine(bytes)
      if (text.trim() === '') return
      const object = parseObject(text)
      checkKeys(object)
      const series = createSeries(readSeries(object['series']), readTags(object['tags']))
      const value = readValue(object['value'])
      const timestamp = object['timestamp'] === undefined ? this.#now() : readTimestamp(object['timestamp'])
      this.#batch.add(this.#batch.intern(series, timestamp), timestamp, value, line)
      this.#report.accepted++
    } catch (error) {
      reportRefusal(this.#report, line, error)
    }
  }
}

type JsonObject = Readonly<Record<string, unknown>>

function decodeLine(bytes: Uint8Array): string {
  if (bytes.length > quotedBytesMax && hasLongText(bytes)) {
    const expected = `expected names and tags of at most 1024 bytes`
    throw new SlungError('bad-json', `the line has a text of more than ${quotedBytesMax} bytes in quotes, ${expected}`)
  }
  try {
    return strictDecoder.decode(bytes)
  } catch (cause) {
    throw new SlungError('bad-text', 'the line is not valid UTF-8', { cause })
  }
}

function parseObject(text: string): JsonObject {
  let json: unknown
  try {
    json = JSON.parse(text)
    // Values are doubles, and are read faster as such. Tags are texts, and a timestamp out of range is shown.
    if (needsDigits(json)) json = { ...(parseJson(text) as JsonObject), value: json['value'] }
  } catch (cause) {
    const problem = `the line ${quote(text)} is not JSON (${(cause as Error).message})`
    throw new SlungError('bad-json', `${problem}, expected one whole object per line`, { cause })
  }
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as JsonObject
  const advice = Array.isArray(json) ? ': write each object of the array on its own line' : ''
  throw new SlungError('bad-json', `the line is ${describe(json)}, expected an object${advice}`)
}

function hasLongText(bytes: Uint8Array): boolean {
  let start = -1
  for (let at = 0; at < bytes.length; at++) {
    if (start >= 0 && at - start > quotedBytesMax) return true
    if (start >= 0 && bytes[at] === backslash) at++
    else if (bytes[at] === quoteByte) start = start < 0 ? at : -1
  }
  return false
}

function needsDigits(json: unknown): json is JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return false
  const { timestamp, tags } = json as JsonObject
  if (typeof timestamp === 'number' && !Number.isSafeInteger(timestamp)) return true
  return typeof tags === 'object' && tags !== null && Object.values(tags).some((tag) => typeof tag === 'number')
}

function checkKeys(object: JsonObject): void {
  for (const key of Object.keys(object)) {
    if (knownKeys.includes(key)) continue
    // `slung-test replay --json` prints, among other lines, the events that a workflow wrote in this form.
    if (object['kind'] === 'event' && (key === 'kind' || key === 'at')) continue
    const near = suggest(key, knownKeys)
    const hint = near === null ? '' : `did you mean "${near}"? `
    throw new SlungError('unknown-key', `unknown key ${quote(key)}; ${hint}known keys: ${knownKeys.join(', ')}`)
  }
}

function readSeries(series: unknown): string {
  if (typeof series === 'string') return series
  throw new SlungError('bad-series', `series is ${describe(series)}, expected a string`)
}

function readValue(value: unknown): number {
  if (typeof value !== 'number') throw new SlungError('bad-value', `value is ${describe(value)}, expected a number`)
  if (Number.isFinite(value)) return value
  throw new SlungError('bad-value', 'value is too large for a double')
}

function readTimestamp(timestamp: unknown): Micros {
  if (typeof timestamp === 'number' || timestamp instanceof WrittenNumber) {
    // Drops the sign of a zero.
    if (Number.isSafeInteger(timestamp)) return Number(timestamp) + 0
    const expected = `expected an integer (us since 1970) within ±${timestampMicrosMax}`
    throw new SlungError(
      'bad-timestamp',
      `timestamp ${String(timestamp)} is out of range or not an integer, ${expected}`,
    )
  }
  if (typeof timestamp !== 'string') {
    throw new SlungError('bad-timestamp', `timestamp is ${describe(timestamp)}, expected ${timestampForms('us')}`)
  }
  const micros = parseTimestamp(timestamp)
  if (micros !== null) return micros
  throw new SlungError(
    'bad-timestamp',
    `timestamp ${quote(timestamp)} is not a timestamp, expected ${timestampForms('us')}`,
  )
}

/** Tags as a list, or as an object of keys and values, where an empty value means no tag. */
function readTags(tags: unknown): string[] {
  if (tags === undefined) return []
  if (Array.isArray(tags)) {
    return tags.map((tag: unknown) => {
      if (typeof tag === 'string') return tag
      throw new SlungError('bad-series', `a tag is ${describe(tag)}, expected a string`)
    })
  }
  if (typeof tags !== 'object' || tags === null) {
    throw new SlungError(
      'bad-series',
      `tags is ${describe(tags)}, expected a list ["sensor=1"] or an object {"sensor":"1"}`,
    )
  }
  const texts: string[] = []
  for (const [key, value] of Object.entries(tags as JsonObject)) {
    if (!isScalar(value)) {
      const found = `tag ${quote(key)} is ${describe(value)}`
      throw new SlungError('bad-series', `${found}, expected a string, a number, true or false`)
    }
    if (value !== '') texts.push(`${key}=${String(value)}`)
  }
  return texts
}

function isScalar(value: unknown): value is string | number | boolean | WrittenNumber {
  return ['string', 'number', 'boolean'].includes(typeof value) || value instanceof WrittenNumber
}

function describe(json: unknown): string {
  if (json === undefined) return 'missing'
  if (Array.isArray(json)) return 'a list'
  if (json instanceof WrittenNumber) return json.text
  if (typeof json === 'object') return json === null ? 'null' : 'an object'
  return typeof json === 'string' ? `the string ${quote(json)}` : JSON.stringify(json)
}

// Each byte of a name may be escaped as six. V8 keeps the keys of objects in one table, and hashes those of more than
// 16,383 characters by their length alone: a body of such keys would be compared each with all others.
const quotedBytesMax = 8192
const quoteByte = 0x22
const backslash = 0x5c
const knownKeys: readonly string[] = ['series', 'value', 'timestamp', 'tags']
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
