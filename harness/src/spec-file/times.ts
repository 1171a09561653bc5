/** Times and durations in a spec. What comes after the start of a run is settled when the input has been read. */
import { type Micros, parseDuration, parseTimestamp } from '@slung/runtime'
import { parseTimeOrOffset, type TimeOrOffset } from '../run/time-or-offset.ts'
import { found } from './fields.ts'
import type { Located, Report } from './located.ts'

/** @param what - for messages: `"start" of a spec` */
export function readTime(located: Located, what: string, report: Report): Micros | null {
  const time = parseTimestamp(textOf(located))
  if (time === null) report(located, `${what} is ${found(located)}, expected a time: ${timeForms}`)
  return time
}

/** A time as `readTime` reads it, or `+10m`. */
export function readTimeOrOffset(located: Located, what: string, report: Report): TimeOrOffset | null {
  const text = textOf(located)
  const time = parseTimeOrOffset(text)
  if (time !== null) return time
  const expected = text.trim().startsWith('+') ? '+ and a duration, such as +10m' : `a time: ${timeForms}; or +10m`
  report(located, `${what} is ${found(located)}, expected ${expected}`)
  return null
}

/** In microseconds, ≥ 0. */
export function readDuration(located: Located, what: string, report: Report): Micros | null {
  const micros = parseDuration(textOf(located))
  if (micros === null) report(located, `${what} is ${found(located)}, expected a duration such as 250ms, 10s or 2h`)
  return micros
}

/** In microseconds; a sign may stand before it. */
export function readSignedDuration(located: Located, what: string, report: Report): Micros | null {
  const [, sign, duration = ''] = /^\s*([+-]?)(.*)$/s.exec(textOf(located)) ?? []
  const micros = parseDuration(duration)
  if (micros === null) report(located, `${what} is ${found(located)}, expected a duration such as 2s or -250ms`)
  // Nothing is subtracted from 0, or it would become a negative one.
  return sign === '-' && micros !== null && micros > 0 ? -micros : micros
}

/** Empty for what is no scalar: that is neither a time nor a duration. */
function textOf(located: Located): string {
  return located.kind === 'scalar' ? String(located.value) : ''
}

const timeForms = '2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970'
