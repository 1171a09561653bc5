/** `expect(run).toMatchTimeline()` and its inline form: the timeline is as approved in a snapshot. */
import type { MatcherState } from 'vitest'
import type { ReplayRun } from '../run/replay-run.ts'
import {
  keepTimelineSnapshots,
  matchInlineTimelineSnapshot,
  matchTimelineSnapshot,
} from '../snapshot/timeline-snapshot.ts'
import { toRun, type MatcherResult } from './matcher-result.ts'

export function matchTimeline(state: MatcherState, received: unknown): MatcherResult {
  return matchTimelineSnapshot(state, toApprovableRun(state, received))
}

export function matchInlineTimeline(state: MatcherState, received: unknown, approved?: string): MatcherResult {
  return matchInlineTimelineSnapshot(state, toApprovableRun(state, received), approved)
}

/** @throws as `toRun` does; the approved timelines of the test stay */
function toApprovableRun(state: MatcherState, received: unknown): ReplayRun {
  try {
    return toRun(received)
  } catch (error) {
    keepTimelineSnapshots(state)
    throw error
  }
}
