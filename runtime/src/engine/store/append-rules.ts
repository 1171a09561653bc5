/** What holds for every append to a store, whoever drives it. */
import { assert } from '../model/assert.ts'
import type { SampleBatch } from '../model/columns.ts'
import { formatSeries, type Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import type { SeriesId } from './history-source.ts'
import type { SampleHead } from './sample-head.ts'

/** The id of a series, which is added when it is new. @throws {SlungError} `too-many-series` */
export function internWithin(store: SampleHead, series: Series, seriesMax: number): SeriesId {
  const known = store.find(series)
  if (known !== undefined) return known
  if (store.counts().series >= seriesMax) {
    throw new SlungError(
      'too-many-series',
      `cannot add the series ${formatSeries(series)}: there are already ${seriesMax}, which is the limit`,
    )
  }
  return store.intern(series)
}

/** A batch is checked by its maker; this catches a maker that does not. */
export function assertSound({ count, timestamps, values }: SampleBatch): void {
  for (let index = 0; index < count; index++) {
    const isSound = Number.isSafeInteger(timestamps[index]) && Number.isFinite(values[index])
    assert(isSound, 'a batch is checked where it is filled')
  }
}
