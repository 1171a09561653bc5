/**
 * What staging knows of time, as two contracts that it receives: `Clock` says what time it is, `Timers` calls back later.
 * `SystemClock` and `SystemTimers` are the machine's; tests have virtual ones, in which a minute takes no time.
 */
import type { Micros } from '../../engine/model/timestamp.ts'

export interface Clock {
  /** Microseconds since the Unix epoch. Goes back when the time of the machine is set back: good for timestamps, not for waits. */
  now(): Micros

  /** Milliseconds since a start of no meaning, with fractions. Never goes back: the difference of two is how long something took. */
  elapsedMillis(): number
}

export interface Timers {
  /** Calls `action` once, `millis` from now or a little later; never before this call returns. */
  after(millis: number, action: () => void): Timer

  /** Calls `action` again and again, `millis` apart, the first time in `millis`. */
  every(millis: number, action: () => void): Timer

  /**
   * Calls `action` once, at the end of the present event turn: after what has arrived already, before anything that has to wait.
   * What happens in one turn can so be treated as one.
   */
  atTurnEnd(action: () => void): Timer
}

export interface Timer {
  /** Keeps the action from being called; of no effect on one that is over. */
  cancel(): void
}
