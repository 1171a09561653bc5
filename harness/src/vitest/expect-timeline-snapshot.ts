/** `expect: snapshot` of a spec: the timeline of its test, among the snapshots of the spec's file. */
import type { ExpectStatic } from 'vitest'
import '../matchers/index.ts'
import type { ReplayRun } from '../run/replay-run.ts'

/**
 * Compares a run with the approved timeline of the vitest test that is running, or stores it where vitest does so.
 *
 * It must be called in every test that has a timeline, whatever else is wrong with its run: vitest removes, on `-u`, the
 * snapshots that no test asked for.
 *
 * @param expect - of the context of that test
 * @throws {Error} with what differs, with a request that no answer covers, or with a refusal to update
 */
export function expectTimelineSnapshot(run: ReplayRun, expect: ExpectStatic): void {
  expect(run).toMatchTimeline()
}
