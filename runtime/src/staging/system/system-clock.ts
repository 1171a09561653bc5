/**
 * The machine's time in microseconds.
 *
 * `Date.now()` counts milliseconds, and events written within the same one would replace each other; the monotonic
 * clock has finer ticks, but does not follow when the machine's clock is set. So this uses the fine clock and corrects
 * it when the two diverge.
 */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Clock } from './clock.ts'

const driftMillisMax = 20

export class SystemClock implements Clock {
  #correctionMillis = 0

  now(): Micros {
    const fine = performance.timeOrigin + performance.now()
    const wall = Date.now()
    if (Math.abs(fine + this.#correctionMillis - wall) > driftMillisMax) this.#correctionMillis = wall - fine
    return Math.floor((fine + this.#correctionMillis) * 1000)
  }

  elapsedMillis(): number {
    return performance.now()
  }
}
