/**
 * Matchers for `expect(run)` in vitest, with `import '@slung/harness/matchers'`.
 *
 * They compare writebacks exactly as specs do: bodies match as a subset, any text may be a placeholder, and asymmetric matchers of
 * vitest are welcome.
 */
import { expect, type MatcherState } from 'vitest'
import { compareTimeline } from '../compare/compare-timeline.ts'
import type { Difference } from '../compare/difference.ts'
import { matchesWriteback, type ExpectedWriteback } from '../compare/expected-writeback.ts'
import { formatDifference } from '../report/format-difference.ts'
import { formatEntry, formatExpected, formatRow, type EntryStyle } from '../report/format-entry.ts'
import { describeOutcome } from '../run/describe-outcome.ts'
import { createTimePrinter } from '../report/time-printer.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import {
  keepTimelineSnapshots,
  matchInlineTimelineSnapshot,
  matchTimelineSnapshot,
} from '../snapshot/timeline-snapshot.ts'

export type { ExpectedWriteback } from '../compare/expected-writeback.ts'

/** Of `expect(run)`; what is not a run has none of them. */
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

type OfRun<Result, Received> = Received extends ReplayRun ? Result : never

declare module 'vitest' {
  interface Matchers<R, T> extends ReplayMatchers<R, T> {}
}

interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
  readonly meta?: object
}

expect.extend({
  toHaveWrittenBack(received: unknown, expected: ExpectedWriteback): MatcherResult {
    const run = toRun(received)
    const candidates = run.writebacks.map((actual) => ({
      actual,
      differences: matchesWriteback(expected, actual, run.producers),
    }))
    const pass = candidates.some(({ differences }) => differences.length === 0)
    return result(pass, run, (style) => {
      const nearest = candidates.toSorted((one, other) => distance(one.differences) - distance(other.differences))[0]
      return [
        `expected the workflow ${pass ? 'not ' : ''}to write this back`,
        `    ${formatExpected(expected, style).trimStart()}`,
        ...(pass || nearest === undefined
          ? []
          : [
              'nearest is',
              `    ${formatEntry(nearest.actual, style)}`,
              ...nearest.differences.map((difference) => `      ${formatDifference(difference, style.times)}`),
              ...(nearest.actual.cause === null ? [] : [`      cause  ${formatRow(nearest.actual.cause)}`]),
            ]),
      ]
    })
  },

  toHaveWrittenBackTimes(received: unknown, count: number): MatcherResult {
    const run = toRun(received)
    const pass = run.writebacks.length === count
    return result(pass, run, () => [`expected the workflow ${pass ? 'not ' : ''}to write back ${times(count)}`])
  },

  toHaveWrittenBackExactly(received: unknown, expected: readonly ExpectedWriteback[]): MatcherResult {
    const run = toRun(received)
    const { matches, pairs } = compareTimeline(expected, run.writebacks, { producers: run.producers })
    // From a little before the first that differs: what comes before it is right.
    const from = Math.max(0, pairs.findIndex(({ kind }) => kind !== 'match') - 2)
    const told = pairs.slice(from, from + pairsShownMax)
    const left = pairs.length - from - told.length
    return result(matches, run, (style) => [
      `expected the workflow ${matches ? 'not ' : ''}to write back exactly this`,
      '  - expected  + came',
      ...(from > 0 ? [`    … ${from} before`] : []),
      ...told.flatMap((pair) => {
        if (pair.kind === 'match') return [`    ${formatEntry(pair.actual, style)}`]
        return [
          ...('expected' in pair ? [`  - ${formatExpected(pair.expected, style)}`] : []),
          ...('actual' in pair ? [`  + ${formatEntry(pair.actual, style)}`] : []),
          ...('differences' in pair
            ? pair.differences.map((difference) => `      ${formatDifference(difference, style.times)}`)
            : []),
        ]
      }),
      ...(left > 0 ? [`    … ${left} more`] : []),
    ])
  },

  toHaveWrittenNothing(received: unknown): MatcherResult {
    const run = toRun(received)
    const pass = run.writebacks.length === 0
    return result(pass, run, () => [`expected the workflow to write ${pass ? 'something' : 'nothing'} back`])
  },

  toHaveTrapped(received: unknown, message: string | RegExp = ''): MatcherResult {
    const run = toRun(received)
    const text = run.trap?.message
    const pass = text !== undefined && (typeof message === 'string' ? text.includes(message) : message.test(text))
    return result(pass, run, () => [
      `expected the workflow ${pass ? 'not ' : ''}to trap${message === '' ? '' : ` with ${String(message)}`}`,
    ])
  },

  toMatchTimeline(this: MatcherState, received: unknown): MatcherResult {
    return matchTimelineSnapshot(this, toApprovableRun(this, received))
  },

  toMatchInlineTimeline(this: MatcherState, received: unknown, approved?: string): MatcherResult {
    return matchInlineTimelineSnapshot(this, toApprovableRun(this, received), approved)
  },
})

/** The message of a matcher: its own lines, then everything the workflow did. */
function result(pass: boolean, run: ReplayRun, describe: (style: EntryStyle) => readonly string[]): MatcherResult {
  return {
    pass,
    message: () => {
      const style: EntryStyle = { times: createTimePrinter(run.timeline.map(({ at }) => at)), producers: run.producers }
      const shown = run.timeline.slice(0, entriesShownMax)
      return [
        ...describe(style),
        '',
        `it wrote back ${times(run.writebacks.length)}, and ${describeOutcome(run)}`,
        ...shown.map((entry) => `    ${formatEntry(entry, style)}`),
        ...(shown.length < run.timeline.length ? [`    … ${run.timeline.length - shown.length} more`] : []),
      ].join('\n')
    },
  }
}

const entriesShownMax = 10
const pairsShownMax = 20

/** What a writeback is about counts more than what it says, and its kind counts most. */
function distance(differences: readonly Difference[]): number {
  const isAbout = (path: string): boolean => path === 'http' || path === 'ws' || path === 'event'
  const about = differences.find(({ path }) => isAbout(path))
  const weight = about === undefined ? 0 : about.actual === undefined ? 10_000 : 100
  return differences.length + weight
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

/** @throws for a run with a request that no answer covers: no matcher passes on it, negated or not */
function toRun(received: unknown): ReplayRun {
  if (typeof received !== 'object' || received === null || !('writebacks' in received)) {
    throw new TypeError('expect() was not given the result of replay(): did you forget to await it?')
  }
  const run = received as ReplayRun
  const [unanswered] = run.unanswered
  if (unanswered === undefined) return run
  throw new Error(
    `no answer covers ${unanswered.method} ${unanswered.url}: ` +
      'give replay() one in the option "http", or say http: \'deny\' if there shall be none',
  )
}

/** @throws as `toRun` does; what was approved of the test stays */
function toApprovableRun(state: MatcherState, received: unknown): ReplayRun {
  try {
    return toRun(received)
  } catch (error) {
    keepTimelineSnapshots(state)
    throw error
  }
}
