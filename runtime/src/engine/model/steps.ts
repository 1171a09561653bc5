/**
 * Work that can be interrupted: a generator that yields when its slice of time is over, and continues when it is called
 * again. What it reads may have changed in between.
 */

/** Returns the result of the work. */
export type Steps<Result> = Generator<void, Result, void>

/** A share of the thread's time, passed to the work as a value: the engine has no clock. */
export interface Slice {
  /** Whether the work has to yield. Asked after each piece, which takes some microseconds, rarely a millisecond. */
  readonly isOver: boolean
}

/** For work that need not share the thread: it never yields. */
export const endless: Slice = { isOver: false }

/** Does the work to its end. @throws what it throws */
export function finish<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}
