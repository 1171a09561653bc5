/**
 * How long a client waits before it reconnects: twice as long each time, up to a bound, and never in step with others.
 */
import { doublingDelayMillis } from '../engine/model/doubling-delay.ts'

/** The longest wait: a runtime that is back is found within half a minute. */
export const reconnectDelayMaxMillis = 30_000

/**
 * Returns milliseconds, between half of what is due and all of it. Without the jitter, a thousand clients that lost
 * the same runtime would come back together.
 *
 * @param attempt - counts from 0
 * @param firstDelayMillis - what is due at attempt 0
 * @param chance - uniform in [0, 1)
 */
export function backoffMillis(attempt: number, firstDelayMillis: number, chance: () => number): number {
  return doublingDelayMillis(attempt, firstDelayMillis, reconnectDelayMaxMillis) * (0.5 + chance() / 2)
}
