/** What holds for every append to a store, whoever drives it. */
import { assert } from '../model/assert.ts'
import type { SampleBatch } from '../model/columns.ts'
import { formatSeries, type Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import { shorten } from '../text/quote.ts'
import type { SeriesId } from './history-source.ts'
import type { SampleHead } from './sample-head.ts'

/** How much the series of a store may take. */
export interface SeriesLimits {
  readonly seriesMax: number
  /** As `labelBytes` of the store's counts. */
  readonly labelBytesMax: number
}

export const noSeriesLimits: SeriesLimits = {
  seriesMax: Number.POSITIVE_INFINITY,
  labelBytesMax: Number.POSITIVE_INFINITY,
}

/** The id of a series, which is added when it is new. @throws {SlungError} `too-many-series`, `too-many-labels` */
export function internWithin(store: SampleHead, series: Series, limits: SeriesLimits): SeriesId {
  const known = store.find(series)
  if (known !== undefined) return known
  const { seriesMax, labelBytesMax } = limits
  const counts = store.counts()
  if (counts.series >= seriesMax) {
    throw new SlungError(
      'too-many-series',
      `cannot add the series ${briefly(series)}: there are already ${seriesMax}, which is the limit; ` +
        'raise "series" under [limits], or let [retention] remove old ones',
    )
  }
  const bytes = store.labelBytesOf(series)
  if (counts.labelBytes + bytes > labelBytesMax) {
    throw new SlungError(
      'too-many-labels',
      `cannot add the series ${briefly(series)}: its name and tags take ${bytes} bytes, and those of all series ` +
        `already ${counts.labelBytes} of at most ${labelBytesMax}; raise "labels" under [limits], or shorten the tags`,
    )
  }
  return store.intern(series)
}

/** A series for an error text: its labels may be 65 KiB long. */
export function briefly(series: Series): string {
  return shorten(formatSeries(series), 200)
}

/** A batch is checked by its maker; this catches a maker that does not. */
export function assertSound({ count, timestamps, values }: SampleBatch): void {
  for (let index = 0; index < count; index++) {
    const isSound = Number.isSafeInteger(timestamps[index]) && Number.isFinite(values[index])
    assert(isSound, 'a batch is checked where it is filled')
  }
}
