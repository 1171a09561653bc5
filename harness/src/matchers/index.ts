/**
 * Matchers for `expect(run)` in vitest, with `import '@slung/harness/matchers'`.
 *
 * They compare writebacks exactly as specs do: bodies match as a subset, any text may be a placeholder, and asymmetric
 * matchers of vitest are welcome.
 */
import { expect, type MatcherState } from 'vitest'
import type { ExpectedWriteback } from '../compare/expected-writeback.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { toHaveTrapped } from './to-have-trapped.ts'
import { toHaveWrittenBack } from './to-have-written-back.ts'
import { toHaveWrittenBackExactly } from './to-have-written-back-exactly.ts'
import { toHaveWrittenBackTimes, toHaveWrittenNothing } from './to-have-written-back-times.ts'
import { matchInlineTimeline, matchTimeline } from './to-match-timeline.ts'

export type {
  Expected,
  ExpectedBody,
  ExpectedEvent,
  ExpectedHttp,
  ExpectedWriteback,
  ExpectedWs,
} from '../compare/expected-writeback.ts'

/** Matchers of `expect(run)`; they exist only for a run. */
export interface ReplayMatchers<Result, Received> {
  /** At least one writeback is like this. */
  toHaveWrittenBack(expected: ExpectedWriteback): OfRun<Result, Received>
  /** There are this many writebacks. */
  toHaveWrittenBackTimes(count: number): OfRun<Result, Received>
  /** These are all writebacks, in this order. */
  toHaveWrittenBackExactly(expected: readonly ExpectedWriteback[]): OfRun<Result, Received>
  /** There is no writeback. */
  toHaveWrittenNothing(): OfRun<Result, Received>
  /** The guest trapped, with a message like this. */
  toHaveTrapped(message?: string | RegExp): OfRun<Result, Received>
  /** All writebacks and the end of the run are as approved in the snapshot file of this test. */
  toMatchTimeline(): OfRun<Result, Received>
  /** All writebacks and the end of the run are as approved here; vitest writes the argument. */
  toMatchInlineTimeline(approved?: string): OfRun<Result, Received>
}

/** What a matcher returns: for anything but a run, it cannot be called. */
export type OfRun<Result, Received> = Received extends ReplayRun ? Result : never

declare module 'vitest' {
  interface Matchers<R, T> extends ReplayMatchers<R, T> {}
}

expect.extend({
  toHaveTrapped,
  toHaveWrittenBack,
  toHaveWrittenBackExactly,
  toHaveWrittenBackTimes,
  toHaveWrittenNothing,

  toMatchTimeline(this: MatcherState, received: unknown) {
    return matchTimeline(this, received)
  },

  toMatchInlineTimeline(this: MatcherState, received: unknown, approved?: string) {
    return matchInlineTimeline(this, received, approved)
  },
})
