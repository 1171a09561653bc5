/** What all generators of one series share: its name, and the times of its rows. */
import type { Micros } from '@slung/runtime'
import { parseSeriesKey } from '../input/inline-series.ts'
import type { InputRow } from '../run/input-row.ts'
import { startDefault } from '../run/passage-of-time.ts'
import { badOption, checkKeys, readDuration, readTime } from '../run/read-options.ts'

/** When the rows of a series come: as many as fit, or as many as requested. */
export type StreamOptions = {
  /** Time between two rows: `10s`, `250ms`. */
  readonly every: string
  /** Of the first row: µs, RFC 3339 or `YYYY-MM-DD hh:mm:ss` (UTC). Default 2026-01-01T00:00:00Z. */
  readonly start?: Micros | string
} & (
  | {
      /** How long rows come: `6h`; the end does not count. */
      readonly for: string
      readonly count?: never
    }
  | { readonly count: number; readonly for?: never }
)

/** A part of something: a number above 0 and up to 1, or the same in percent. */
export type Share = number | `${number}%`

export interface StreamPlan {
  /** The action that errors say is impossible. */
  readonly action: string
  readonly start: Micros
  readonly everyMicros: Micros
  readonly rowCount: number
  /** @param index - from 0 */
  row(index: number, value: number): InputRow
}

/** A run of a million rows takes seconds, and there are a hundred runs. */
const rowsMax = 1_000_000

/**
 * @param key - `temp{sensor=1, producer=edge-a}`
 * @param ownOptions - names of the options that are specific to this generator
 * @throws {SlungError} for a malformed key
 * @throws {TypeError} for options that are unknown or of the wrong kind
 * @throws {RangeError} for more rows than a test should have
 */
export function planStream(key: string, options: StreamOptions, ownOptions: readonly string[]): StreamPlan {
  const { series, producer } = parseSeriesKey(key)
  const action = generating(key)
  checkKeys(action, options, ['every', 'for', 'count', 'start', ...ownOptions])
  const everyMicros = readDuration(action, 'every', options.every)
  const rowCount = readRowCount(action, options, everyMicros)
  const start = options.start === undefined ? startDefault : readTime(action, 'start', options.start)
  const shared = {
    series: series.name,
    ...(series.tags.length > 0 && { tags: series.tags }),
    ...(producer !== null && { producer }),
  }
  return {
    action,
    start,
    everyMicros,
    rowCount,
    row: (index, value) => ({ timestamp: start + index * everyMicros, ...shared, value }),
  }
}

function generating(key: string): string {
  return `generate ${JSON.stringify(key)}`
}

/** @returns above 0, at most 1 */
export function readShare(action: string, option: string, share: Share): number {
  const text = String(share).trim()
  const number = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (number > 0 && number <= 1) return number
  throw badOption(action, option, share, 'a share such as 0.05 or "5%", above 0 and up to 1')
}

function readRowCount(action: string, options: StreamOptions, everyMicros: Micros): number {
  if ((options.for === undefined) === (options.count === undefined)) {
    const found = options.for === undefined ? 'there is neither "for" nor "count"' : 'there are both "for" and "count"'
    throw new TypeError(`cannot ${action}: ${found}, expected one of them`)
  }
  const rowCount = options.count ?? Math.ceil(readDuration(action, 'for', options.for) / everyMicros)
  if (!Number.isInteger(rowCount) || rowCount < 1) {
    throw badOption(action, 'count', rowCount, 'a whole number from 1')
  }
  if (rowCount > rowsMax) {
    throw new RangeError(`cannot ${action}: ${rowCount} rows are too many for a test, expected at most ${rowsMax}`)
  }
  return rowCount
}
