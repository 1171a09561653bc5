/** Times and durations in a spec. What comes after the start of a run is settled when the input has been read. */
import { parseDuration, parseTimestamp, type Micros } from '@slung/runtime'
import { found } from './fields.ts'
import type { Located, Report } from './located.ts'

/** A time, or so many microseconds (≥ 0) after the run starts, which is known only when the input has been read. */
export type TimeOrOffset = { readonly at: Micros } | { readonly afterStart: Micros }

/** @returns a number beyond the range of `Micros` when start and offset together are */
export function resolveTime(time: TimeOrOffset, start: Micros): Micros {
  return 'at' in time ? time.at : start + time.afterStart
}

/** @param what - for messages: `"start" of a spec` */
export function readTime(located: Located, what: string, report: Report): Micros | null {
  const time = parseTimestamp(textOf(located))
  if (time === null) report(located, `${what} is ${found(located)}, expected a time: ${timeForms}`)
  return time
}

/** A time as `readTime` reads it, or `+10m`. */
export function readTimeOrOffset(located: Located, what: string, report: Report): TimeOrOffset | null {
  const text = textOf(located).trim()
  if (text.startsWith('+')) {
    const afterStart = boundedDuration(text.slice(1))
    if (afterStart !== null) return { afterStart }
    report(located, `${what} is ${found(located)}, expected + and a duration, such as +10m`)
    return null
  }
  const at = parseTimestamp(text)
  if (at !== null) return { at }
  report(located, `${what} is ${found(located)}, expected a time: ${timeForms}; or +10m`)
  return null
}

/** In microseconds, ≥ 0. */
export function readDuration(located: Located, what: string, report: Report): Micros | null {
  const micros = boundedDuration(textOf(located))
  if (micros === null) report(located, `${what} is ${found(located)}, expected a duration such as 250ms, 10s or 2h`)
  return micros
}

/** In microseconds; a sign may stand before it. */
export function readSignedDuration(located: Located, what: string, report: Report): Micros | null {
  const [, sign, duration = ''] = /^\s*([+-]?)(.*)$/s.exec(textOf(located)) ?? []
  const micros = boundedDuration(duration)
  if (micros === null) report(located, `${what} is ${found(located)}, expected a duration such as 2s or -250ms`)
  // Nothing is subtracted from 0, or it would become a negative one.
  return sign === '-' && micros !== null && micros > 0 ? -micros : micros
}

/** Empty for what is no scalar: that is neither a time nor a duration. */
function textOf(located: Located): string {
  return located.kind === 'scalar' ? String(located.value) : ''
}

/** `null` also for a duration that no time could be moved by. */
function boundedDuration(text: string): Micros | null {
  const micros = parseDuration(text)
  return micros !== null && Number.isSafeInteger(micros) ? micros : null
}

const timeForms = '2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970'
