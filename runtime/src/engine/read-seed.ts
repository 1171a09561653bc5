/** Reads from a store what a live query starts from. */
import { planLiveRange } from './live/live-range.ts'
import type { Seed } from './live/seed.ts'
import { groupSamples } from './live/window-limit.ts'
import { finish, type Steps } from './model/steps.ts'
import type { Micros } from './model/timestamp.ts'
import type { Query, TimeSpan } from './query/query.ts'
import { selectionOf } from './evaluate-history.ts'
import type { SeriesId } from './store/history-source.ts'
import type { SampleHead } from './store/sample-head.ts'
import { StepwiseReading } from './store/stepwise-reading.ts'

/**
 * The samples that were there before a live query began.
 *
 * @param now - what `now` in the query stands for
 * @param admit - called with the number of samples that its windows would begin with, with `groupSamples` for each group
 *   of a grouped query, before any is read; throws to refuse it
 * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date; what `admit` and the store throw
 */
export function readSeed(store: SampleHead, query: Query, now: Micros, admit?: (count: number) => void): Seed {
  return finish(seedInSteps(new StepwiseReading(store), query, now, admit))
}

/** The same in steps. @throws {SlungError} as `readSeed` */
export function* seedInSteps(
  reading: StepwiseReading,
  query: Query,
  now: Micros,
  admit: (count: number) => void = () => {},
): Steps<Seed> {
  const range = planLiveRange(query.range, now)
  if (range.kind === 'running') return range
  const groups = yield* reading.grouped(query, yield* reading.match(selectionOf(query)))
  const besides = query.groupBy.length === 0 ? 0 : groupSamples
  if (range.kind === 'fixed') {
    const summaries = yield* reading.summariseGroups(groups, range.span)
    if (besides > 0) admit(besides * summaries.size)
    return { ...range, groups: new Map([...summaries].map(([key, summary]) => [key, summary.state()])) }
  }
  // The windows of all groups are measured before any is read.
  let count = 0
  const windows = new Map<string, readonly [ids: readonly SeriesId[], span: TimeSpan]>()
  for (const [key, ids] of groups) {
    const end = yield* reading.newest(ids)
    if (end === undefined) continue
    const span = { start: end - range.widthMicros, end }
    count += besides + (yield* reading.summarise(ids, span)).count
    windows.set(key, [ids, span])
  }
  admit(count)
  return { ...range, groups: [...windows.keys()], ...(yield* reading.readGroups([...windows.values()])) }
}
