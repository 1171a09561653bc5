/** Resolves a written range at one moment: bounds such as `1h` and `now` become timestamps, in time order. */
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { TimeBound, TimeRange, TimeSpan } from './query.ts'

/**
 * Resolves a range against a clock. Both ends of the result are inclusive and valid timestamps: a bound beyond the
 * range of timestamps becomes the first or last one.
 *
 * @param now - a valid timestamp
 */
export function resolveRange(range: TimeRange, now: Micros): TimeSpan {
  const first = resolveBound(range.first, now)
  const second = resolveBound(range.second, now)
  return { start: Math.min(first, second), end: Math.max(first, second) }
}

function resolveBound(bound: TimeBound, now: Micros): Micros {
  switch (bound.kind) {
    case 'now':
      return now
    case 'ago':
      // `now` is at most the largest timestamp, so only the past can be out of reach.
      return Math.max(now - bound.micros, -timestampMicrosMax)
    case 'at':
      return bound.timestamp
  }
}
