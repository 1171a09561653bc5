/**
 * Reads the three forms of a timestamp that fixtures and specs share: an integer, RFC 3339, and
 * `YYYY-MM-DD hh:mm:ss[.ffffff]`, which is taken as UTC.
 *
 * It works on bytes, because a fixture has hundreds of thousands of timestamps; text is encoded first.
 */
import { isBlank } from './is-blank.ts'
import { timestampMicrosMax, type Micros } from './timestamp.ts'

/** What an integer timestamp counts since the Unix epoch. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

/** All time units, coarsest first. */
export const timeUnits: readonly TimeUnit[] = Object.freeze(['s', 'ms', 'us', 'ns'])

/** The accepted forms, for an error text. */
export function timestampForms(unit: TimeUnit): string {
  return `an integer (${unit} since 1970), RFC 3339 (2026-01-01T00:00:07Z) or "YYYY-MM-DD hh:mm:ss" (UTC)`
}

/**
 * Reads a timestamp; `null` when the text is not a timestamp, or lies outside ±`timestampMicrosMax`.
 *
 * Fractions of a microsecond are floored, so that a time never moves into the future. After a `T`, RFC 3339 needs an
 * offset (`Z`, `+01:00`); after a space the offset may be missing and means UTC. Dates must exist in the calendar; leap
 * seconds (`:60`) are refused, because Unix time has no number for them. Surrounding spaces and tabs are ignored.
 *
 * @param unit - what an integer counts
 *
 * @example parseTimestamp('1970-01-01T01:00:01.5+01:00') // 1_500_000
 */
export function parseTimestamp(text: string, unit: TimeUnit = 'us'): Micros | null {
  const bytes = new TextEncoder().encode(text)
  const micros = parseTimestampBytes(bytes, 0, bytes.length, unit)
  return Number.isFinite(micros) ? micros : null
}

/**
 * `parseTimestamp` on the bytes `start` to `end` (exclusive). Distinguishes the two failures:
 * NaN = not a timestamp; ±Infinity = a timestamp beyond ±`timestampMicrosMax`.
 */
export function parseTimestampBytes(bytes: Uint8Array, start: number, end: number, unit: TimeUnit): number {
  while (start < end && isBlank(bytes[start]!)) start++
  while (end > start && isBlank(bytes[end - 1]!)) end--
  const micros =
    end - start >= calendarBytes && bytes[start + 4] === hyphen
      ? parseCalendar(bytes, start, end)
      : parseInteger(bytes, start, end, unit)
  if (micros > timestampMicrosMax) return Number.POSITIVE_INFINITY
  if (micros < -timestampMicrosMax) return Number.NEGATIVE_INFINITY
  return micros
}

/** Exact within the range of timestamps; rounding cannot bring a number beyond it back inside. */
function parseInteger(bytes: Uint8Array, start: number, end: number, unit: TimeUnit): number {
  const negative = bytes[start] === hyphen
  const digitsStart = negative ? start + 1 : start
  if (digitsStart >= end) return Number.NaN
  // The last three digits of nanoseconds only decide whether a negative number is floored to the next lower one.
  const digitsEnd = unit === 'ns' ? Math.max(digitsStart, end - 3) : end
  let total = 0
  let at = digitsStart
  // Nine digits fit an int32, whose arithmetic is several times faster than a chain of doubles.
  while (at < digitsEnd) {
    const groupEnd = Math.min(at + 9, digitsEnd)
    let group = 0
    let scale = 1
    for (; at < groupEnd; at++) {
      const digit = bytes[at]! - zero
      if (digit < 0 || digit > 9) return Number.NaN
      group = (group * 10 + digit) | 0
      scale = (scale * 10) | 0
    }
    total = total * scale + group
  }
  let rest = 0
  for (; at < end; at++) {
    const digit = bytes[at]! - zero
    if (digit < 0 || digit > 9) return Number.NaN
    rest |= digit
  }
  if (unit === 's') total *= 1_000_000
  else if (unit === 'ms') total *= 1000
  if (!negative) return total
  return rest === 0 ? 0 - total : -1 - total
}

/** Reads `YYYY-MM-DD?hh:mm:ss` and what follows; the caller has checked the length and the first hyphen. */
function parseCalendar(bytes: Uint8Array, start: number, end: number): number {
  const separator = bytes[start + 10]
  const month = twoDigits(bytes, start + 5)
  const hour = twoDigits(bytes, start + 11)
  const minute = twoDigits(bytes, start + 14)
  const second = twoDigits(bytes, start + 17)
  const century = twoDigits(bytes, start)
  const yearOfCentury = twoDigits(bytes, start + 2)
  const day = twoDigits(bytes, start + 8)
  const year = century * 100 + yearOfCentury
  if (
    bytes[start + 7] !== hyphen ||
    bytes[start + 13] !== colon ||
    bytes[start + 16] !== colon ||
    (separator !== letterT && separator !== smallT && separator !== space) ||
    century > 99 ||
    yearOfCentury > 99 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  ) {
    return Number.NaN
  }
  let at = start + calendarBytes
  let micros = 0
  if (at < end && bytes[at] === point) {
    const fractionStart = ++at
    let weight = 100_000
    for (; at < end; at++) {
      const digit = bytes[at]! - zero
      if (digit < 0 || digit > 9) break
      micros += digit * weight
      weight = Math.floor(weight / 10)
    }
    if (at === fractionStart || at - fractionStart > fractionDigitsMax) return Number.NaN
  }
  const offsetMinutes = parseOffset(bytes, at, end, separator)
  const minutes = daysSinceEpoch(year, month, day) * 1440 + hour * 60 + minute - offsetMinutes
  return (minutes * 60 + second) * 1_000_000 + micros
}

/** Minutes east of UTC; NaN unless the offset is well formed and ends the text. */
function parseOffset(bytes: Uint8Array, at: number, end: number, separator: number): number {
  if (at === end) return separator === space ? 0 : Number.NaN
  const sign = bytes[at]
  if (sign === letterZ || sign === smallZ) return at + 1 === end ? 0 : Number.NaN
  if ((sign !== plus && sign !== hyphen) || at + 6 !== end || bytes[at + 3] !== colon) return Number.NaN
  const hours = twoDigits(bytes, at + 1)
  const minutes = twoDigits(bytes, at + 4)
  if (hours > 23 || minutes > 59) return Number.NaN
  return sign === plus ? hours * 60 + minutes : -hours * 60 - minutes
}

/** 0 to 99; more than 99, which no part of a date or time may be, for anything else. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - zero
  const ones = bytes[at + 1]! - zero
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? 100 : tens * 10 + ones
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return 30 + ((month + (month >> 3)) & 1)
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

/** Days from 1970-01-01 in the proleptic Gregorian calendar, by counting years from March (leap days come last). */
function daysSinceEpoch(year: number, month: number, day: number): number {
  // Shifted by one whole calendar cycle, so that January of the year 0 counts from a positive year.
  const marchYear = (month > 2 ? year : year - 1) + 400
  const marchMonth = month > 2 ? month - 3 : month + 9
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400)
  return marchYear * 365 + leapDays + Math.floor((153 * marchMonth + 2) / 5) + day - dayOfEpoch
}

// The number of 1970-01-01 in the count of `daysSinceEpoch`, including one calendar cycle (146,097 days).
const dayOfEpoch = 719_469 + 146_097
const calendarBytes = 19
const fractionDigitsMax = 9

const space = 0x20
const plus = 0x2b
const hyphen = 0x2d
const point = 0x2e
const zero = 0x30
const colon = 0x3a
const letterT = 0x54
const letterZ = 0x5a
const smallT = 0x74
const smallZ = 0x7a
