/** A sink that remembers what it took, as text. */
import type { SampleSink } from '../src/engine/model/sample-sink.ts'
import { formatSeries, seriesKey, type Series, type SeriesKey } from '../src/engine/model/series.ts'
import { SlungError } from '../src/engine/model/slung-error.ts'

export class RecordingSink implements SampleSink {
  /** `temp{a=1} 21.5 @7`, in the order of `append`. */
  readonly samples: string[] = []
  readonly #series: Series[] = []
  readonly #ids = new Map<SeriesKey, number>()
  readonly #seriesMax: number
  readonly #timestampMax: number

  /** Refuses series beyond `seriesMax`, and timestamps beyond `timestampMax`. */
  constructor({ seriesMax = Number.POSITIVE_INFINITY, timestampMax = Number.POSITIVE_INFINITY } = {}) {
    this.#seriesMax = seriesMax
    this.#timestampMax = timestampMax
  }

  intern(series: Series): number {
    const key = seriesKey(series)
    let id = this.#ids.get(key)
    if (id === undefined) {
      if (this.#series.length >= this.#seriesMax) throw new SlungError('too-many-series', 'there are too many series')
      id = this.#series.push(series) - 1
      this.#ids.set(key, id)
    }
    return id
  }

  append(series: number, timestamp: number, value: number): void {
    if (timestamp > this.#timestampMax) throw new SlungError('future-timestamp', `timestamp ${timestamp} is too late`)
    this.samples.push(`${formatSeries(this.#series[series]!)} ${Object.is(value, -0) ? '-0' : value} @${timestamp + 0}`)
  }
}
