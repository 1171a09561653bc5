/** Samples since the last group commit, in columns that grow: the next record of the journal. */
import { grownColumn, type SampleBatch } from '../../engine/model/columns.ts'
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

  /** Copies the samples of a batch from `from` up to, but not including, `to`. */
  append({ series, timestamps, values }: SampleBatch, from: number, to: number): void {
    const count = this.#count + to - from
    if (count > this.#series.length) {
      this.#series = grownColumn(this.#series, count)
      this.#timestamps = grownColumn(this.#timestamps, count)
      this.#values = grownColumn(this.#values, count)
    }
    for (let index = from, at = this.#count; index < to; index++, at++) {
      this.#series[at] = series[index]!
      this.#timestamps[at] = timestamps[index]!
      this.#values[at] = values[index]!
    }
    this.#count = count
  }

  /** The samples, yours to keep; the buffer starts over empty. */
  take(): SampleColumns {
    const count = this.#count
    this.#count = 0
    return {
      series: this.#series.slice(0, count),
      timestamps: this.#timestamps.slice(0, count),
      values: this.#values.slice(0, count),
    }
  }
}
