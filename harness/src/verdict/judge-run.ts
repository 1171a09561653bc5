/** Decides whether a run is what a test of a spec asks for. */
import { compareTimeline, type Comparison } from '../compare/compare-timeline.ts'
import { inTime } from '../compare/in-time.ts'
import { matchValue } from '../compare/match-value.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { brokenLimits } from './judge-limits.ts'
import type { Check, ExpectedLine, ExpectedValue, SpecTest } from '../spec-file/spec.ts'

export interface Verdict {
  /** Everything below is as it should be, and every request was answered. */
  readonly passed: boolean
  /** `null` when the test does not name the writebacks. */
  readonly comparison: Comparison | null
  readonly endsAsExpected: boolean
  /** The first line of the test's `log` that is not among the output, or not after the one before it. */
  readonly missingLine: ExpectedLine | null
  readonly failedChecks: readonly FailedCheck[]
  /** What the workflow does not remember as the test expects. */
  readonly failedStates: readonly FailedState[]
  /** What was more than the test's limits allow, in sentences. */
  readonly brokenLimits: readonly string[]
}

export interface FailedState {
  readonly expected: ExpectedValue
  /** As text; `null` = the key is not set. */
  readonly value: string | null
}

export interface FailedCheck {
  readonly check: Check
  /** What the engine answered, NaN for the aggregate of nothing; `null` = the run ended before. */
  readonly answer: number | null
}

/** Pure. @throws {SlungError} `bad-placeholder` for a regular expression that tries too many ways */
export function judgeRun(test: SpecTest, run: ReplayRun): Verdict {
  return inTime(() => judge(test, run))
}

function judge(test: SpecTest, run: ReplayRun): Verdict {
  const expected = test.expectations?.map(({ writeback }) => writeback)
  const options = { producers: run.producers, anyOrder: test.anyOrder, atLeast: test.atLeast }
  const comparison = expected === undefined ? null : compareTimeline(expected, run.writebacks, options)
  const endsAsExpected = isExpectedEnd(test.exit, run)
  const missingLine = findMissingLine(test.log ?? [], run)
  const failedChecks = findFailedChecks(test.checks, run)
  const failedStates = findFailedStates(test.state.after, run)
  const broken = brokenLimits(test.limits, run)
  const isComplete = (comparison?.matches ?? true) && missingLine === null && run.unanswered.length === 0
  const isWithin = failedChecks.length === 0 && failedStates.length === 0 && broken.length === 0
  return {
    passed: isComplete && endsAsExpected && isWithin,
    comparison,
    endsAsExpected,
    missingLine,
    failedChecks,
    failedStates,
    brokenLimits: broken,
  }
}

function isExpectedEnd(exit: SpecTest['exit'], { outcome, code }: ReplayRun): boolean {
  if (exit === null) return outcome === 'drained' || (outcome === 'returned' && code === 0)
  return typeof exit === 'number' ? outcome === 'returned' && code === exit : outcome === exit
}

function findFailedChecks(checks: readonly Check[], { answers }: ReplayRun): FailedCheck[] {
  return checks.flatMap((check, index): FailedCheck[] => {
    const answer = answers[index] ?? null
    if (answer === null) return [{ check, answer }]
    // The aggregate of nothing is null in JSON.
    const value = Number.isNaN(answer) ? null : answer
    return matchValue(check.equals, value, { path: 'check', exact: false }).length === 0 ? [] : [{ check, answer }]
  })
}

function findFailedStates(wanted: readonly ExpectedValue[], { state }: ReplayRun): FailedState[] {
  return wanted.flatMap((expected) => {
    const bytes = state.get(expected.key)
    const value = bytes === undefined ? null : new TextDecoder().decode(bytes)
    const isAsExpected =
      value === null || expected.value === null
        ? value === expected.value
        : matchValue(expected.value, value, { path: 'state', exact: false }).length === 0
    return isAsExpected ? [] : [{ expected, value }]
  })
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
