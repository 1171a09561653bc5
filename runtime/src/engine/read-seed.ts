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
 * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date; what the store throws
 */
export function readSeed(store: SampleHead, query: Query, now: Micros): Seed {
  return finish(seedInSteps(new StepwiseReading(store), query, now))
}

/** The same in steps. @throws {SlungError} as `readSeed` */
export function* seedInSteps(reading: StepwiseReading, query: Query, now: Micros): Steps<Seed> {
  const range = planLiveRange(query.range, now)
  if (range.kind === 'running') return range
  const ids = yield* reading.match(selectionOf(query))
  if (range.kind === 'fixed') return { ...range, summary: (yield* reading.summarise(ids, range.span)).state() }
  // Without samples, there are none at 0 either.
  const end = (yield* reading.newest(ids)) ?? 0
  return { ...range, runs: yield* reading.read(ids, { start: end - range.widthMicros, end }) }
}
