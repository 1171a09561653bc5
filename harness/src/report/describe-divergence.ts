/** Two runs of the same test that were not the same. */
import { escapeUnprintable, shortenAndCount } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import type { TraceFingerprint } from '../trace/trace-fingerprint.ts'

export interface ObservedRun {
  readonly run: ReplayRun
  readonly calls: TraceFingerprint
}

/** A sentence and what differs; `null` when nothing does. */
export function describeDivergence(first: ObservedRun, second: ObservedRun): string | null {
  const call = first.calls.firstDifference(second.calls)
  if (call !== null) {
    return [
      `the workflow behaved differently when it ran again: call ${call + 1} differs`,
      `    first   ${shownCall(first.calls, call)}`,
      `    second  ${shownCall(second.calls, call)}`,
      sameWorld,
    ].join('\n')
  }
  if (first.run.memoryHash !== second.run.memoryHash) {
    return [
      'the workflow behaved differently when it ran again: all its calls are equal, but its memory at the end differs',
      sameWorld,
    ].join('\n')
  }
  return null
}

const sameWorld =
  '    both runs had the same input, answers, clock and random numbers: look for memory that is read before it is written'

function shownCall(calls: TraceFingerprint, index: number): string {
  if (index >= calls.count) return 'no call: it had ended'
  return shortenAndCount(
    escapeUnprintable(calls.textAt(index) ?? 'a call too far into the run to be kept; --trace shows it'),
    300,
  )
}
