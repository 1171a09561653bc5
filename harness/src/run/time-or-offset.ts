/** Times that may be relative, as specs, flags and options write them: `2026-01-01T00:00:07Z` or `+10m`. */
import { parseDuration, parseTimestamp, type Micros } from '@slung/runtime'

/** A time, or a number of microseconds (≥ 0) after something that is known later, such as the start of a run. */
export type TimeOrOffset = { readonly at: Micros } | { readonly offset: Micros }

/** @returns `null` for neither */
export function parseTimeOrOffset(text: string): TimeOrOffset | null {
  const trimmed = text.trim()
  if (!trimmed.startsWith('+')) {
    const at = parseTimestamp(trimmed)
    return at === null ? null : { at }
  }
  const offset = parseDuration(trimmed.slice(1))
  return offset === null ? null : { offset }
}

/** @returns a number beyond the range of `Micros` when the sum is */
export function resolveTime(time: TimeOrOffset, origin: Micros): Micros {
  return 'at' in time ? time.at : origin + time.offset
}
