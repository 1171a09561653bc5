/** A batch that shows its contents as text. */
import { SampleBatchBuilder } from '../src/engine/model/columns.ts'
import { formatSeries, seriesKey, type Series, type SeriesKey } from '../src/engine/model/series.ts'
import { SlungError } from '../src/engine/model/slung-error.ts'

export class RecordingBatch extends SampleBatchBuilder {
  readonly #known: Series[]
  readonly #ids: Map<SeriesKey, number>
  readonly #removals: { count: number }

  /** Refuses series beyond `seriesMax`, and timestamps beyond `timestampMax`. */
  constructor({ seriesMax = Number.POSITIVE_INFINITY, timestampMax = Number.POSITIVE_INFINITY } = {}) {
    const known: Series[] = []
    const ids = new Map<SeriesKey, number>()
    const removals = { count: 0 }
    super({
      get removalCount() {
        return removals.count
      },
      intern(series) {
        const key = seriesKey(series)
        const id = ids.get(key)
        if (id !== undefined) return id
        if (known.length >= seriesMax) throw new SlungError('too-many-series', 'there are too many series')
        ids.set(key, known.length)
        return known.push(series) - 1
      },
      latestFor(timestamp) {
        if (timestamp <= timestampMax) return timestampMax
        throw new SlungError('future-timestamp', `timestamp ${timestamp} is too late`)
      },
    })
    this.#known = known
    this.#ids = ids
    this.#removals = removals
  }

  /** Removes all series: the same names and tags are other series from now on. */
  removeSeries(): void {
    this.#ids.clear()
    this.#removals.count++
  }

  /** `temp{a=1} 21.5 @7`, in the order of `add`. */
  get samples(): string[] {
    return Array.from({ length: this.count }, (_, index) => {
      const value = this.values[index]!
      const series = formatSeries(this.#known[this.series[index]!]!)
      return `${series} ${Object.is(value, -0) ? '-0' : value} @${this.timestamps[index]! + 0}`
    })
  }
}
