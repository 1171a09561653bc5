/** Independent readers of the bodies of `POST /events` (`docs/ingest.md`): regular expressions and big integers over a whole text. */
import { readCsvNaively } from './csv-naive.ts'

export interface NaiveBody {
  /** `[line, series with its tags as JSON, timestamp, value]` */
  readonly samples: (readonly [number, string, number, number])[]
  /** The lines of what was rejected; a line may be there several times. */
  readonly rejected: number[]
}

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

/** The timestamp of lines without one. */
export const now = 7

/** @param text - one character per byte (latin1) */
export function readNdjsonNaively(text: string): NaiveBody {
  const body: NaiveBody = { samples: [], rejected: [] }
  for (const [line, latin1] of linesOf(text)) {
    try {
      const json = decode(latin1)
      if (json.trim() === '') continue
      const found = JSON.parse(json, keepSource as (key: string, value: unknown) => unknown) as unknown
      const { series, value, timestamp, tags, ...others } = asObject(found)
      const others2 = others['kind'] instanceof Object || others['kind'] !== 'event' ? others : withoutKind(others)
      refuseIf(Object.keys(others2).length > 0 || typeof series !== 'string' || !(value instanceof Source))
      const number = Number((value as Source).text)
      refuseIf(!Number.isFinite(number))
      body.samples.push([line, seriesOf(series as string, tagsOf(tags)), timeOf(timestamp), number])
    } catch (error) {
      rejected(body, line, error)
    }
  }
  return body
}

/** @param text - one character per byte (latin1) */
export function readLinesNaively(text: string, unit: TimeUnit): NaiveBody {
  const body: NaiveBody = { samples: [], rejected: [] }
  for (const [line, untrimmed] of linesOf(text)) {
    const point = untrimmed.replace(/^[ \t]+|[ \t]+$/g, '')
    if (point === '' || point.startsWith('#')) continue
    try {
      const [, head = '', behind = ''] = /^((?:(?<!\\)[^ ]|(?<=\\)[^])+) *(.*)$/s.exec(point)!
      const { fields, rest } = fieldsOf(behind)
      const time = rest.replace(/^ +/, '')
      const timestamp = time === '' ? now : integerTime(time, unit)
      refuseIf(timestamp === null)
      for (const [key, value] of fields) {
        try {
          body.samples.push([line, seriesOfPoint(head, key, value), timestamp!, numberOf(value)])
        } catch (error) {
          rejected(body, line, error)
        }
      }
    } catch (error) {
      rejected(body, line, error)
    }
  }
  return body
}

export interface NaiveCsvOptions {
  readonly series: string
  readonly tags: readonly string[]
  readonly unit: TimeUnit
}

/** @param text - one character per byte (latin1) */
export function readCsvBodyNaively(text: string, { series, tags, unit }: NaiveCsvOptions): NaiveBody {
  const body: NaiveBody = { samples: [], rejected: [] }
  let names: readonly string[] | null = null
  for (const item of readCsvNaively(text)) {
    try {
      refuseIf('fault' in item)
      const { cells } = item as { cells: readonly string[] }
      if (names === null) {
        const header = cells.map((cell) => decode(cell).trim())
        const times = header.filter((name) => name === 'timestamp' || name === 'time')
        refuseIf(new Set(header).size !== header.length || header.includes('') || times.length !== 1)
        refuseIf(!header.includes('value') || (!header.includes('series') && series === ''))
        names = header
        continue
      }
      refuseIf(cells.length !== names.length)
      const row = new Map(names.map((name, column) => [name, cells[column]!]))
      const timestamp = timeOfText(row.get('timestamp') ?? row.get('time')!, unit)
      const value = decimal(row.get('value')!.replace(/^[ \t]+|[ \t]+$/g, ''))
      refuseIf(timestamp === null || value === null)
      const own = decode(row.get('tags') ?? '').split(';')
      const columns = names
        .filter((name) => !['timestamp', 'time', 'series', 'value', 'producer', 'tags', 'arrives'].includes(name))
        .map((name) => [name, decode(row.get(name)!)] as const)
      const all = [
        ...tags,
        ...own.map((tag) => tag.trim()).filter((tag) => tag !== ''),
        ...columns.filter(([, cell]) => cell !== '').map(([name, cell]) => `${name}=${cell}`),
      ]
      body.samples.push([item.line, seriesOf(decode(row.get('series') ?? '') || series, all), timestamp!, value!])
    } catch (error) {
      rejected(body, item.line, error)
      if (names === null) return body
    }
  }
  return body
}

/** Refuses a part of the input: not a failure of the reader itself. */
class Refusal extends Error {}

function refuseIf(isWrong: boolean): void {
  if (isWrong) throw new Refusal()
}

function rejected(body: NaiveBody, line: number, error: unknown): void {
  if (!(error instanceof Refusal) && !(error instanceof SyntaxError)) throw error
  body.rejected.push(line)
}

function linesOf(text: string): [number, string][] {
  const lines = text.split('\n').map((line, index): [number, string] => {
    return [index + 1, (index === 0 ? line.replace(/^\xef\xbb\xbf/, '') : line).replace(/\r$/, '')]
  })
  return text === '' || text.endsWith('\n') ? lines.slice(0, -1) : lines
}

function decode(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1')
  const text = bytes.toString('utf8')
  refuseIf(!Buffer.from(text, 'utf8').equals(bytes))
  return text
}

/** A number of JSON, as it is written. */
class Source {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function keepSource(_key: string, value: unknown, context: { source: string }): unknown {
  return typeof value === 'number' ? new Source(context.source) : value
}

function asObject(json: unknown): Record<string, unknown> {
  refuseIf(typeof json !== 'object' || json === null || Array.isArray(json) || json instanceof Source)
  return json as Record<string, unknown>
}

function withoutKind({ kind: _kind, at: _at, ...others }: Record<string, unknown>): Record<string, unknown> {
  return others
}

function tagsOf(tags: unknown): string[] {
  if (tags === undefined) return []
  if (Array.isArray(tags)) {
    refuseIf(tags.some((tag) => typeof tag !== 'string'))
    return tags as string[]
  }
  return Object.entries(asObject(tags)).flatMap(([key, value]) => {
    refuseIf(!(value instanceof Source) && typeof value !== 'string' && typeof value !== 'boolean')
    return value === '' ? [] : [`${key}=${value instanceof Source ? written(value.text) : String(value)}`]
  })
}

/** As it is written; in the shortest digits of its double when those are the same number. */
function written(text: string): string {
  const double = Number(text)
  return Number.isFinite(double) && scaled(text) === scaled(String(double)) ? String(double) : text
}

/** Digits without zeros at the ends, and where the point is. */
function scaled(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)\.?(\d*)(?:[eE](.+))?$/.exec(text)!
  const digits = BigInt(whole + fraction)
  if (digits === 0n) return '0'
  const short = String(digits).replace(/0+$/, '')
  return `${sign}${short}e${BigInt(exponent) - BigInt(fraction.length) + BigInt(String(digits).length - short.length)}`
}

function timeOf(timestamp: unknown): number {
  if (timestamp === undefined) return now
  const micros = timestamp instanceof Source ? Number(timestamp.text) : timeOfText(latin1Of(timestamp), 'us')
  refuseIf(micros === null || !Number.isSafeInteger(micros))
  return micros! + 0
}

function latin1Of(text: unknown): string {
  refuseIf(typeof text !== 'string')
  return Buffer.from(text as string).toString('latin1')
}

/** `null` = not a time, or out of range. */
function timeOfText(untrimmed: string, unit: TimeUnit): number | null {
  const text = untrimmed.replace(/^[ \t]+|[ \t]+$/g, '')
  const parts =
    /^(\d{4})-(\d\d)-(\d\d)([Tt ])(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:([Zz])|([+-])(\d\d):(\d\d))?$/.exec(text)
  if (parts === null) return integerTime(text, unit)
  const [, year, month, day, separator, hour, minute, second, fraction = '', zulu, sign, hours, minutes] = parts
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  const midnight = Date.parse(`${year}-${month}-${day}T00:00:00Z`)
  const isDate =
    Number.isFinite(midnight) && new Date(midnight).toISOString().slice(0, 10) === `${year}-${month}-${day}`
  if (!isDate || h > 23 || m > 59 || s > 59) return null
  if (zulu === undefined && sign === undefined && separator !== ' ') return null
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) return null
  const offset = BigInt(`${sign === '-' ? '-' : ''}${Number(hours ?? 0) * 60 + Number(minutes ?? 0)}`)
  const seconds = BigInt(midnight / 1000) + BigInt(h * 3600 + m * 60 + s) - offset * 60n
  return safe(seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)))
}

function integerTime(text: string, unit: TimeUnit): number | null {
  if (!/^-?\d+$/.test(text)) return null
  const count = BigInt(text)
  // Divides towards minus infinity.
  if (unit === 'ns') return safe(count / 1000n - (count < 0n && count % 1000n !== 0n ? 1n : 0n))
  return safe(count * { s: 1_000_000n, ms: 1000n, us: 1n }[unit])
}

function safe(micros: bigint): number | null {
  return micros > 2n ** 53n - 1n || micros < 1n - 2n ** 53n ? null : Number(micros)
}

/** `null` = not a decimal number, or beyond doubles. */
function decimal(text: string): number | null {
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
  return isNumber && Number.isFinite(Number(text)) ? Number(text) : null
}

/** Fields with their escapes, and what follows them. */
function fieldsOf(text: string): { fields: [string, string][]; rest: string } {
  const fields: [string, string][] = []
  for (let rest = text; ;) {
    const [whole, key, value] =
      /^((?:(?<!\\)[^ ,=]|(?<=\\)[^])+)(?<!\\)=("(?:\\[^]|[^"\\])*"(?=[, ]|$)|(?!")[^ ,]*)/.exec(rest) ?? []
    refuseIf(whole === undefined)
    fields.push([key!, value!])
    rest = rest.slice(whole!.length)
    if (!rest.startsWith(',')) return { fields, rest }
    rest = rest.slice(1)
  }
}

function numberOf(value: string): number {
  if (/^(t|T|true|True|TRUE)$/.test(value)) return 1
  if (/^(f|F|false|False|FALSE)$/.test(value)) return 0
  const number = decimal(/^(-?\d+i|\d+u)$/.test(value) ? value.slice(0, -1) : value.replace(/^[ \t]+|[ \t]+$/g, ''))
  refuseIf(number === null)
  return number!
}

function seriesOfPoint(head: string, key: string, value: string): string {
  // A value that cannot be read is refused before its series.
  numberOf(value)
  const [measurement = '', ...tags] = decode(head).split(/(?<!\\),/)
  const field = decode(key)
  refuseIf(tags.some((tag) => !/^[^].*?(?<!\\)=./s.test(tag) || tag.startsWith('=')))
  const name = measurement.replaceAll(/\\([, ])/g, '$1')
  refuseIf(name === '')
  const suffix = field === 'value' ? '' : `_${field.replaceAll(/\\([,= ])/g, '$1')}`
  return seriesOf(
    `${name}${suffix}`,
    tags.map((tag) => tag.replaceAll(/\\([,= ])/g, '$1')),
  )
}

/** As JSON, tags without order and repetition. */
function seriesOf(name: string, tags: readonly string[]): string {
  for (const text of [name, ...tags])
    refuseIf(text === '' || !text.isWellFormed() || /\p{Cc}/u.test(text) || Buffer.from(text).length > 1024)
  const unique = [...new Set(tags)].sort()
  refuseIf(unique.length > 64)
  return JSON.stringify([name, ...unique])
}
