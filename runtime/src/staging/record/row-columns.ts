/** Samples of a recording that were taken down and are not with the scribe yet. */
import { grownColumn } from '../../engine/model/columns.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import type { SamplesFact } from './recorded-fact.ts'

export class RowColumns {
  #series: Uint32Array<ArrayBuffer> = new Uint32Array(64)
  #timestamps: Float64Array<ArrayBuffer> = new Float64Array(64)
  #values: Float64Array<ArrayBuffer> = new Float64Array(64)
  #producers: Float64Array<ArrayBuffer> = new Float64Array(64)
  #count = 0

  get count(): number {
    return this.#count
  }

  add(series: SeriesId, timestamp: Micros, value: number, producer: ProducerId): void {
    if (this.#count === this.#series.length) {
      this.#series = grownColumn(this.#series)
      this.#timestamps = grownColumn(this.#timestamps)
      this.#values = grownColumn(this.#values)
      this.#producers = grownColumn(this.#producers)
    }
    const at = this.#count++
    this.#series[at] = series
    this.#timestamps[at] = timestamp
    this.#values[at] = value
    this.#producers[at] = producer
  }

  /** The series of all rows, with repetitions. Valid until the next call of another method. */
  ids(): Uint32Array {
    return this.#series.subarray(0, this.#count)
  }

  /** All rows, in columns of exactly their length; none are left. */
  take(at: Micros, writer: string | null): SamplesFact {
    const count = this.#count
    this.#count = 0
    return {
      kind: 'samples',
      at,
      writer,
      series: this.#series.slice(0, count),
      timestamps: this.#timestamps.slice(0, count),
      values: this.#values.slice(0, count),
      producers: this.#producers.slice(0, count),
    }
  }
}
