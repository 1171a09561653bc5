/** Reads from a store what a live query starts from. */
import type { Micros } from './model/timestamp.ts'
import { planLiveRange } from './live/live-range.ts'
import type { Seed } from './live/seed.ts'
import type { Query } from './query/query.ts'
import { selectionOf } from './evaluate-history.ts'
import type { SampleHead } from './store/sample-head.ts'

/** What is read: a store, or a view of it as of an earlier moment. */
export type SeedSource = Pick<SampleHead, 'newest' | 'summarise' | 'select'>

/**
 * The samples that were there before a live query began.
 *
 * @param now - what `now` in the query stands for
 * @param admit - called with the number of samples that its window would begin with, before any is read; throws to
 *   refuse it
 * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date; what `admit` and the store throw
 */
export function readSeed(
  source: SeedSource,
  query: Query,
  now: Micros,
  admit: (count: number) => void = () => {},
): Seed {
  const selection = selectionOf(query)
  const range = planLiveRange(query.range, now)
  switch (range.kind) {
    case 'running':
      return range
    case 'fixed':
      return { ...range, summary: source.summarise(selection, range.span).state() }
    case 'rolling': {
      const newest = source.newest(selection)
      if (newest === undefined) return { ...range, timestamps: new Float64Array(0), values: new Float64Array(0) }
      const span = { start: newest - range.widthMicros, end: newest }
      const count = source.summarise(selection, span).count
      admit(count)
      const timestamps = new Float64Array(count)
      const values = new Float64Array(count)
      let index = 0
      source.select(selection, span, (_series, timestamp, value) => {
        timestamps[index] = timestamp
        values[index++] = value
      })
      return { ...range, timestamps, values }
    }
  }
}
