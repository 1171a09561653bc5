/** Reads `[RANGE]`: one bound, which means from there to now, or two in any order. */
import { formatTimestamp, timestampMicrosMax } from '../model/timestamp.ts'
import { quote } from '../text/quote.ts'
import type { TimeBound, TimeRange } from './query.ts'
import { findStop, type Parsed, skipSpaces, trimmedEnd } from './query-text.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'
import { hintForBound } from './range-hint.ts'
import { microsPerUnit } from '../text/duration.ts'

/**
 * @param open - the offset of `[`; `end` of the result is after `]`
 * @param warnings - receives readings that are legal but surprising
 * @throws {QuerySyntaxError}
 */
export function parseRange(query: string, open: number, warnings: string[]): Parsed<TimeRange> {
  const close = findStop(query, open + 1, '[]')
  if (query[close] !== ']') {
    throw new QuerySyntaxError(query, open, 'the bracket that opens the range is never closed', 'close it with ]')
  }
  const bounds: TimeBound[] = []
  for (let start = open + 1; start <= close;) {
    if (bounds.length === 2) {
      throw new QuerySyntaxError(query, start - 1, 'found a third bound, expected one or two', null)
    }
    const comma = Math.min(findStop(query, start, ','), close)
    const boundStart = skipSpaces(query, start)
    if (boundStart >= comma) {
      const hint = query.slice(open, close).includes(',') ? 'remove the comma, or add a time' : allTime
      throw new QuerySyntaxError(query, boundStart, `found no time, expected ${boundForms}`, hint)
    }
    bounds.push(readBound(query, boundStart, trimmedEnd(query, start, comma), warnings))
    start = comma + 1
  }
  const [first, second = now] = bounds
  return { value: Object.freeze({ kind: 'range', first: first!, second }), end: close + 1 }
}

const now: TimeBound = Object.freeze({ kind: 'now' })

function readBound(query: string, start: number, end: number, warnings: string[]): TimeBound {
  const text = query.slice(start, end)
  if (text.toLowerCase() === 'now') return now
  if (/^-?\d+$/.test(text)) return readTimestamp(query, start, text, warnings)
  const [, count, unit] = /^(\d+)[ \t\r\n]*([a-z]+)$/i.exec(text) ?? []
  const unitMicros = unit === undefined ? undefined : microsPerUnit(unit)
  if (unitMicros === undefined) {
    const problem = `found the time ${quote(text)}, expected ${boundForms}`
    throw new QuerySyntaxError(query, start, problem, hintForBound(text))
  }
  const micros = Number(count) * unitMicros
  if (micros > timestampMicrosMax) {
    throw new QuerySyntaxError(query, start, `${quote(text)} is further back than timestamps reach`, allTime)
  }
  return Object.freeze({ kind: 'ago', micros })
}

function readTimestamp(query: string, start: number, text: string, warnings: string[]): TimeBound {
  const timestamp = Number(text)
  if (!Number.isSafeInteger(timestamp)) {
    const problem = `timestamp ${quote(text)} is out of range, expected microseconds within ±${timestampMicrosMax}`
    // Nanoseconds in our century have 19 digits.
    const hint = /^\d{19}$/.test(text) ? `did you mean ${text.slice(0, -3)}: these look like nanoseconds` : null
    throw new QuerySyntaxError(query, start, problem, hint)
  }
  const unit = likelyUnit(timestamp)
  if (unit !== null) {
    warnings.push(
      `the timestamp ${text} is read as microseconds, ${formatTimestamp(timestamp)}; ` +
        `if it counts ${unit.name}, write ${timestamp * unit.micros}`,
    )
  }
  // Adding 0 turns −0 into 0.
  return Object.freeze({ kind: 'at', timestamp: timestamp + 0 })
}

/** Seconds and milliseconds of 2001 to 2255, read as microseconds, are minutes or days after 1970. */
function likelyUnit(timestamp: number): { readonly name: string; readonly micros: number } | null {
  if (timestamp >= 1e9 && timestamp < 9e9) return { name: 'seconds', micros: 1_000_000 }
  if (timestamp >= 1e12 && timestamp < 9e12) return { name: 'milliseconds', micros: 1000 }
  return null
}

const boundForms = 'now, a duration such as 1h or 30min, or an integer (microseconds since 1970)'
const allTime = 'leave the range out for all time'
