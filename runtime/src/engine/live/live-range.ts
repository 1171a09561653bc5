/**
 * What the range of a live query means; decided once, at subscription.
 *
 * - none: running, since subscription
 * - `[1h]`, `[1h,now]`: rolling, of that width, in event time
 * - `[a,b]` with two timestamps: fixed
 * - `[a,now]` with a timestamp in the past: from then on, without end
 */
import { SlungError } from '../model/slung-error.ts'
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { TimeBound, TimeRange, TimeSpan } from '../query/query.ts'

export type LiveRange =
  | { readonly kind: 'running' }
  | { readonly kind: 'rolling'; readonly widthMicros: number }
  | { readonly kind: 'fixed'; readonly span: TimeSpan }

/** @throws {SlungError} `bad-live-range` for a range that neither ends now nor consists of timestamps */
export function planLiveRange(range: TimeRange | null, now: Micros): LiveRange {
  if (range === null) return { kind: 'running' }
  const bounds = [agoZeroIsNow(range.first), agoZeroIsNow(range.second)] as const
  const ago = bounds.find((bound) => bound.kind === 'ago')
  const timestamps = bounds.flatMap((bound) => (bound.kind === 'at' ? [bound.timestamp] : []))
  const endsNow = bounds.some((bound) => bound.kind === 'now')
  if (ago !== undefined) {
    if (endsNow) return { kind: 'rolling', widthMicros: ago.micros }
    throw new SlungError(
      'bad-live-range',
      'the range of a live query must end now, such as [1h] or [1h,now], or consist of timestamps; ' +
        'any other range is for history queries',
    )
  }
  const [first, second] = timestamps
  if (first === undefined) return { kind: 'rolling', widthMicros: 0 }
  if (second !== undefined) {
    return { kind: 'fixed', span: { start: Math.min(first, second), end: Math.max(first, second) } }
  }
  // One timestamp and now: in the past it opens an endless span, in the future it closes one.
  return first <= now
    ? { kind: 'fixed', span: { start: first, end: timestampMicrosMax } }
    : { kind: 'fixed', span: { start: now, end: first } }
}

function agoZeroIsNow(bound: TimeBound): TimeBound {
  return bound.kind === 'ago' && bound.micros === 0 ? { kind: 'now' } : bound
}
