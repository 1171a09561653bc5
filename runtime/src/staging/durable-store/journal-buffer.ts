/** Samples since the last group commit, in columns that grow: the next record of the journal. */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SeriesId } from '../../engine/store/sample-store.ts'
import type { SampleColumns } from './journal-record.ts'

const capacityMin = 1024

export class JournalBuffer {
  #series = new Uint32Array(capacityMin)
  #timestamps = new Float64Array(capacityMin)
  #values = new Float64Array(capacityMin)
  #count = 0

  get count(): number {
    return this.#count
  }

  append(series: SeriesId, timestamp: Micros, value: number): void {
    if (this.#count === this.#series.length) this.#grow()
    this.#series[this.#count] = series
    this.#timestamps[this.#count] = timestamp
    this.#values[this.#count] = value
    this.#count++
  }

  /** The samples, yours to keep; the buffer begins anew. */
  take(): SampleColumns {
    const count = this.#count
    this.#count = 0
    return {
      series: this.#series.slice(0, count),
      timestamps: this.#timestamps.slice(0, count),
      values: this.#values.slice(0, count),
    }
  }

  #grow(): void {
    const capacity = this.#series.length * 2
    const series = new Uint32Array(capacity)
    const timestamps = new Float64Array(capacity)
    const values = new Float64Array(capacity)
    series.set(this.#series)
    timestamps.set(this.#timestamps)
    values.set(this.#values)
    this.#series = series
    this.#timestamps = timestamps
    this.#values = values
  }
}
