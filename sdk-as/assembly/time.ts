/** Time: every timestamp is an `i64` of microseconds since the Unix epoch. */
import { slung_now } from './abi'

/** Microseconds in a millisecond, a second, and so on: for arithmetic on timestamps. */
export const MILLISECOND: i64 = 1_000
export const SECOND: i64 = 1_000_000
export const MINUTE: i64 = 60 * SECOND
export const HOUR: i64 = 60 * MINUTE
export const DAY: i64 = 24 * HOUR
export const WEEK: i64 = 7 * DAY

/**
 * The host's clock, in µs since the Unix epoch; virtual while a replay runs.
 *
 * Extension: using it makes the workflow import `slung.now`. An `Event` carries its own timestamp, which is often the
 * better clock.
 */
export function now(): i64 {
  return slung_now()
}
