/**
 * Timelines among vitest's snapshots: it stores them, counts them, and writes them where they may be written; this says
 * what they look like and when they match.
 */
import { isCI } from '@slung/runtime'
import { Snapshots, type DomainSnapshotAdapter, type MatcherResult, type MatcherState } from 'vitest'
import type { ReplayRun } from '../run/replay-run.ts'
import { inTime } from '../compare/in-time.ts'
import { updateRefusal } from './update-refusal.ts'
import { describeTimelineMatch, describeUnapproved } from './describe-timeline-match.ts'
import { formatTimeline } from './format-timeline.ts'
import { matchTimeline, type TimelineMatch } from './match-timeline.ts'

/** What a matcher of vitest returns; `meta` lets its tools offer to update. */
interface SnapshotVerdict {
  readonly pass: boolean
  readonly message: () => string
  readonly meta?: object
}

/** For the matcher that keeps the approved timeline in the snapshot file of the test. */
export function matchTimelineSnapshot(state: MatcherState, run: ReplayRun): SnapshotVerdict {
  return judge(state, run, (adapter) => Snapshots.toMatchDomainSnapshot.call(state, adapter, run))
}

/** For the matcher that keeps the approved timeline in its own argument, where vitest writes it. */
export function matchInlineTimelineSnapshot(
  state: MatcherState,
  run: ReplayRun,
  approved: string | undefined,
): SnapshotVerdict {
  return judge(state, run, (adapter) =>
    withWholeStack(() => Snapshots.toMatchDomainInlineSnapshot.call(state, adapter, run, approved)),
  )
}

/**
 * Tells vitest that the approved timelines of this test are still wanted, though the run cannot be compared with them:
 * otherwise `-u` would remove them, and with them what was written into them by hand.
 */
export function keepTimelineSnapshots({ snapshotState, currentTestName }: MatcherState): void {
  if (currentTestName !== undefined) snapshotState.markSnapshotsAsCheckedForTest(currentTestName)
}

type TimelineAdapter = DomainSnapshotAdapter<readonly string[], string>

/** @param ask - asks vitest, which asks the adapter whether the snapshot matches if there is one */
function judge(state: MatcherState, run: ReplayRun, ask: (adapter: TimelineAdapter) => MatcherResult): SnapshotVerdict {
  if (state.snapshotState.snapshotUpdateState === 'all' && isCI()) {
    keepTimelineSnapshots(state)
    throw new Error(updateRefusal)
  }
  const came = formatTimeline(run)
  const compared: TimelineMatch[] = []
  const result = ask({
    name: 'timeline',
    capture: () => came,
    render,
    parseExpected: (approved) => approved,
    match(_, approved) {
      const match = inTime(() => matchTimeline(approved, came))
      compared.push(match)
      return { pass: match.matches, resolved: render(match.merged) }
    },
  })
  if ('then' in result) throw new TypeError('a run is over: compare its timeline without expect.poll()')
  return {
    ...(result.meta !== undefined && { meta: result.meta }),
    pass: result.pass,
    message: () => {
      const [match] = compared
      const told = match === undefined ? describeUnapproved(came) : describeTimelineMatch(match, run.writebacks)
      // vitest's own words come first: by them its watch mode knows that there is something to update.
      return `${result.message()}: ${told}`
    },
  }
}

/** On its own lines, in a snapshot file as in a test. */
function render(lines: readonly string[]): string {
  return `\n${lines.join('\n')}\n`
}

/** vitest finds the call to write to in the stack; the ten frames that V8 keeps by default end before it. */
function withWholeStack<Result>(action: () => Result): Result {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 100
  try {
    return action()
  } finally {
    Error.stackTraceLimit = limit
  }
}
