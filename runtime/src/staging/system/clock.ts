/**
 * Staging's view of time, as two contracts that it receives: `Clock` tells the time, `Timers` calls back later.
 * `SystemClock` and `SystemTimers` are the machine's; tests have virtual ones, in which a minute takes no time.
 */
import type { Micros } from '../../engine/model/timestamp.ts'

export interface Clock {
  /**
   * Microseconds since the Unix epoch. Jumps when someone sets the machine's clock: good for timestamps, not for waits.
   */
  now(): Micros

  /** Milliseconds since an arbitrary start, with fractions. Never goes back: the difference of two is a duration. */
  elapsedMillis(): number
}

export interface Timers {
  /** Calls `action` once, `millis` from now or a little later; never before this call returns. */
  after(millis: number, action: () => void): Timer

  /** Calls `action` repeatedly, `millis` apart, the first time in `millis`. */
  every(millis: number, action: () => void): Timer

  /**
   * Calls `action` once, at the end of the current event turn: after what has already arrived, before anything that has
   * to wait. So everything that happens in one turn can be handled together.
   */
  atTurnEnd(action: () => void): Timer
}

export interface Timer {
  /** Prevents the call; has no effect after it. */
  cancel(): void
}
