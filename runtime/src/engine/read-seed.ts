/** Reads from a store what a live query starts from. */
import { grownColumn } from './model/columns.ts'
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
 * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date; what the store throws
 */
export function readSeed(source: SeedSource, query: Query, now: Micros): Seed {
  const selection = selectionOf(query)
  const range = planLiveRange(query.range, now)
  switch (range.kind) {
    case 'running':
      return range
    case 'fixed':
      return { ...range, summary: source.summarise(selection, range.span).state() }
    case 'rolling': {
      let timestamps = new Float64Array(16)
      let values = new Float64Array(16)
      let count = 0
      const newest = source.newest(selection)
      if (newest !== undefined) {
        source.select(selection, { start: newest - range.widthMicros, end: newest }, (_series, timestamp, value) => {
          if (count === values.length) {
            timestamps = grownColumn(timestamps)
            values = grownColumn(values)
          }
          timestamps[count] = timestamp
          values[count++] = value
        })
      }
      return { ...range, timestamps: timestamps.slice(0, count), values: values.slice(0, count) }
    }
  }
}
