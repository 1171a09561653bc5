/**
 * Input written where it is used: `temp{sensor=1, producer=edge-a}` and its values, `20+0.1x360 _x6 41`.
 *
 * The notation is that of promtool's unit tests, read as promtool reads it, with a producer among the labels:
 * https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 */
import {
  assertProducer,
  createSeries,
  type Fixture,
  grouped,
  type Micros,
  noProducer,
  quoteJson,
  type Series,
  SlungError,
} from '@slung/runtime'
import { decimalSteps, unsignedDecimal } from './inline-series-decimal.ts'

export interface InlineSeries {
  /** For `parseSeriesKey`. */
  readonly key: string
  /** From one value to the next; an integer ≥ 1. */
  readonly everyMicros: Micros
  /** For `expandValues`. */
  readonly values: string
  /** The time of the first value, present or missing. */
  readonly startMicros: Micros
  /** Where the series is written, for messages; every row is on this line. */
  readonly file: string
  readonly line: number
}

/**
 * A series as a fixture. A missing sample takes up time but gives no row; the others arrive when they are measured.
 *
 * @throws {SlungError} `bad-input`
 */
export function inlineFixture({ key, everyMicros, values, startMicros, file, line }: InlineSeries): Fixture {
  const { series, producer } = parseSeriesKey(key)
  const samples = expandValues(values)
  if (!Number.isSafeInteger(everyMicros) || everyMicros < 1) {
    throw badKey(key, `its interval is ${everyMicros} µs, expected a whole number from 1`)
  }
  if (!Number.isSafeInteger(startMicros + (samples.length - 1) * everyMicros)) {
    throw badKey(key, `its ${samples.length} values reach beyond the range of timestamps`)
  }
  const rows = samples.flatMap((value, index) =>
    value === null ? [] : { value, at: startMicros + index * everyMicros },
  )
  const timestamps = Float64Array.from(rows, ({ at }) => at)
  return {
    file,
    count: rows.length,
    series: new Uint32Array(rows.length),
    timestamps,
    values: Float64Array.from(rows, ({ value }) => value),
    producers: new Float64Array(rows.length).fill(producer === null ? noProducer : 1),
    arrives: timestamps.slice(),
    lines: new Uint32Array(rows.length).fill(line),
    seriesTable: [series],
    producerNames: producer === null ? [] : [producer],
  }
}

/**
 * Reads `temp`, `temp{}` or `temp{sensor=1, host="a, b", muted, producer=edge-a}`. Everything in the braces is a tag,
 * except `producer`: a name, or the id of a connection. In double quotes, a value may contain anything; `\"` and `\\`
 * stand for `"` and `\`.
 *
 * @throws {SlungError} `bad-input`
 */
export function parseSeriesKey(text: string): { series: Series; producer: string | null } {
  const opening = text.indexOf('{')
  const name = opening < 0 ? text : text.slice(0, opening)
  if (name.includes('}')) throw badKey(text, 'its "}" has no "{" before it, expected NAME or NAME{TAG, …}')
  const tags: string[] = []
  let producer: string | null = null
  for (const { key, value } of opening < 0 ? [] : readLabels(text, opening + 1)) {
    if (key !== 'producer') {
      tags.push(value === null ? key : `${key}=${value}`)
      continue
    }
    if (value === null) throw badKey(text, '"producer" has no value, expected producer=NAME')
    if (producer !== null) throw badKey(text, 'it has two producers, expected one')
    producer = value
  }
  try {
    assertProducer(producer ?? '')
    return { series: createSeries(name.trim(), tags), producer }
  } catch (error) {
    throw error instanceof SlungError ? badKey(text, error.message) : error
  }
}

interface Label {
  readonly key: string
  /** `null` for a bare tag such as `muted`. */
  readonly value: string | null
}

/** @param start - after the opening brace */
function readLabels(text: string, start: number): Label[] {
  const labels: Label[] = []
  const pattern = new RegExp(labelPattern)
  for (let at = start, end = ','; end === ','; at = pattern.lastIndex) {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) throw badKey(text, problemAt(text, at))
    const [whole, before = '', quoted, bare] = match
    end = match[4] ?? ''
    const key = before.trim()
    const value = quoted?.replaceAll(/\\(["\\])/g, '$1') ?? bare?.trim() ?? null
    if (key !== '' && value !== '') labels.push({ key, value })
    else if (key !== '') throw badKey(text, `"${key}" has no value, expected ${key}=VALUE`)
    else if (value !== null)
      throw badKey(text, `${quoteJson(whole.slice(0, -1).trim())} has no key, expected KEY=VALUE`)
    // Nothing is allowed before the closing brace, and thus after the last comma.
    else if (end === ',') throw badKey(text, 'a comma in it has no tag before it, expected KEY=VALUE')
  }
  const rest = text.slice(pattern.lastIndex).trim()
  if (rest !== '') throw badKey(text, `${quoteJson(rest)} follows its "}", expected nothing`)
  return labels
}

function problemAt(text: string, at: number): string {
  const rest = text.slice(at)
  if (!rest.includes('}')) return 'its "{" is not closed, expected "}" at the end'
  return `${quoteJson(rest.trim())} is not a tag, expected KEY=VALUE, with the value in double quotes if it contains one of , { } "`
}

/** Key, quoted value, bare value, and what follows. */
const labelPattern = /([^"{},=]*)(?:=(?:\s*"((?:[^"\\]|\\["\\])*)"\s*|([^"{},]*)))?([,}])/y

/**
 * Expands values, `null` for a missing sample. The text has these words, separated by spaces:
 *
 * - `a`: one sample; `axn`: n + 1 samples
 * - `a+bxn`, `a-bxn`: n + 1 samples, each b more, or b less, than the one before
 * - `_`: a missing sample; `_xn`: n missing samples
 *
 * Sums are exact in decimals: `20+0.1x3` is 20, 20.1, 20.2, 20.3.
 *
 * @throws {SlungError} `bad-input` for any other word, and for no samples or more than 1,000,000
 */
export function expandValues(text: string): (number | null)[] {
  const samples: (number | null)[] = []
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    const expanded = expandWord(word, samplesMax - samples.length)
    if (typeof expanded === 'string') {
      throw new SlungError('bad-input', `cannot read the values: ${quoteJson(word)} at offset ${index} ${expanded}`)
    }
    for (const sample of expanded) samples.push(sample)
  }
  if (samples.length > 0) return samples
  throw new SlungError('bad-input', `cannot read the values ${quoteJson(text)}: there are none, expected ${wordForms}`)
}

/** The samples of a word, or the problem with it. */
function expandWord(word: string, samplesLeft: number): (number | null)[] | string {
  const [, first, step, times] = wordPattern.exec(word) ?? []
  if (first === undefined) {
    if (word !== 'stale') return `is not a value, expected ${wordForms}`
    return 'ends a series in promtool; here a series ends with its last sample, expected _ for a missing one'
  }
  if (step !== undefined && (first === '_' || times === undefined)) {
    return first === '_' ? 'has a step, expected _ or _x3' : `gives no number of steps, expected ${first}${step}x3`
  }
  const count = first === '_' ? Number(times ?? 1) : Number(times ?? 0) + 1
  if (count > samplesLeft) return `brings the total to more than ${grouped(samplesMax)}, expected at most that many`
  if (first === '_') return Array<null>(count).fill(null)
  const values = decimalSteps(first, step ?? '0', count)
  return values.every(Number.isFinite)
    ? values
    : `${count === 1 ? 'is' : 'leads to a number that is'} too large for a double`
}

const wordPattern = new RegExp(`^(_|[+-]?${unsignedDecimal})([+-]${unsignedDecimal})?(?:x(\\d+))?$`)
const wordForms = 'numbers (20, 20x3, 20+0.1x3) and missing samples (_, _x3) with spaces between'

/** A week of seconds is 604,800 samples: more is a slip, or belongs in a file. */
const samplesMax = 1_000_000

function badKey(key: string, problem: string): SlungError {
  return new SlungError('bad-input', `cannot read the series ${quoteJson(key)}: ${problem}`)
}
