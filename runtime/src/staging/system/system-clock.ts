/**
 * The time of the machine in microseconds.
 *
 * `Date.now()` has milliseconds, and events written within the same one would replace each other; the monotonic clock has
 * finer ticks, but does not follow when the machine's time is set. So the fine clock is taken and corrected when they part.
 */
import type { Micros } from '../../engine/model/timestamp.ts'

const driftMillisMax = 20

export class SystemClock {
  #correctionMillis = 0

  /** Microseconds since the Unix epoch. */
  now(): Micros {
    const fine = performance.timeOrigin + performance.now()
    const wall = Date.now()
    if (Math.abs(fine + this.#correctionMillis - wall) > driftMillisMax) this.#correctionMillis = wall - fine
    return Math.floor((fine + this.#correctionMillis) * 1000)
  }
}
