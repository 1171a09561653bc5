/** Decides whether a run is what a test of a spec asks for. */
import { compareTimeline, type Comparison } from '../compare/compare-timeline.ts'
import { matchValue } from '../compare/match-value.ts'
import type { ReplayRun } from '../replay/replay-run.ts'
import type { ExpectedLine, SpecTest } from './spec.ts'

export interface Verdict {
  /** Everything below is as it should be, and every request was answered. */
  readonly passed: boolean
  /** `null` when the test does not look at the writebacks. */
  readonly comparison: Comparison | null
  readonly endsAsExpected: boolean
  /** The first line of the test's `log` that is not among the output, or not after the one before it. */
  readonly missingLine: ExpectedLine | null
}

/** Pure. */
export function judgeRun(test: SpecTest, run: ReplayRun): Verdict {
  const expected = test.expectations?.map(({ writeback }) => writeback)
  const options = { producers: run.producers, anyOrder: test.anyOrder, atLeast: test.atLeast }
  const comparison = expected === undefined ? null : compareTimeline(expected, run.writebacks, options)
  const endsAsExpected = isExpectedEnd(test.exit, run)
  const missingLine = findMissingLine(test.log ?? [], run)
  const isComplete = (comparison?.matches ?? true) && missingLine === null && run.unanswered.length === 0
  return { passed: isComplete && endsAsExpected, comparison, endsAsExpected, missingLine }
}

function isExpectedEnd(exit: SpecTest['exit'], { outcome, code }: ReplayRun): boolean {
  if (exit === null) return outcome === 'drained' || (outcome === 'returned' && code === 0)
  return typeof exit === 'number' ? outcome === 'returned' && code === exit : outcome === exit
}

/** Taking the earliest match of each line leaves the most output to the next one. */
function findMissingLine(wanted: readonly ExpectedLine[], { logs }: ReplayRun): ExpectedLine | null {
  let next = 0
  for (const { text } of logs) {
    const line = wanted[next]
    if (line !== undefined && matchValue(line.text, text, { path: 'log', exact: false }).length === 0) next++
  }
  return wanted[next] ?? null
}
