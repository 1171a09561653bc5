/** Reads from a store what a live query starts from. */
import { planLiveRange } from './live/live-range.ts'
import type { Seed } from './live/seed.ts'
import { finish, type Steps } from './model/steps.ts'
import type { Micros } from './model/timestamp.ts'
import type { Query } from './query/query.ts'
import { selectionOf } from './evaluate-history.ts'
import type { SampleHead } from './store/sample-head.ts'
import { StepwiseReading } from './store/stepwise-reading.ts'

/**
 * The samples that were there before a live query began.
 *
 * @param now - what `now` in the query stands for
 * @param admit - called with the number of samples that its window would begin with, before any is read; throws to
 *   refuse it
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
  const ids = yield* reading.match(selectionOf(query))
  if (range.kind === 'fixed') return { ...range, summary: (yield* reading.summarise(ids, range.span)).state() }
  // Without samples, there are none at 0 either.
  const end = (yield* reading.newest(ids)) ?? 0
  const span = { start: end - range.widthMicros, end }
  admit((yield* reading.summarise(ids, span)).count)
  return { ...range, runs: yield* reading.read(ids, span) }
}
