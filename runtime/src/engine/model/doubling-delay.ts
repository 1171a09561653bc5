/** How long to wait before trying again: twice as long after each failure, up to a bound. */

/**
 * Returns milliseconds.
 *
 * @param attempt - failures in a row before this one; counts from 0
 * @param firstMillis - the delay at attempt 0
 */
export function doublingDelayMillis(attempt: number, firstMillis: number, millisMax: number): number {
  return Math.min(firstMillis * 2 ** attempt, millisMax)
}
