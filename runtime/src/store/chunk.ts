/**
 * A run of samples of one series in two columns, sorted by time, one sample per timestamp, with its summary.
 *
 * The summary covers a prefix and is extended on demand, so appending costs nothing and asking twice costs nothing.
 */
import { Summary } from '../query/summary.ts'
import type { Micros } from '../model/timestamp.ts'

/** A full chunk is split. Small enough to shift samples in place, large enough that summaries are rare. */
export const chunkSamplesMax = 1024

export class Chunk {
  #timestamps = new Float64Array(16)
  #values = new Float64Array(16)
  #count = 0
  #summary = new Summary()
  /** How many of the samples, from the first, `#summary` covers. */
  #summarized = 0

  get count(): number {
    return this.#count
  }

  /** Oldest timestamp; the chunk must not be empty. */
  get first(): Micros {
    return this.#timestamps[0]!
  }

  /** Newest timestamp; the chunk must not be empty. */
  get last(): Micros {
    return this.#timestamps[this.#count - 1]!
  }

  timestampAt(index: number): Micros {
    return this.#timestamps[index]!
  }

  valueAt(index: number): number {
    return this.#values[index]!
  }

  /** Index of the first sample at or after `timestamp`; `count` when there is none. */
  lowerBound(timestamp: Micros): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timestamps[middle]! < timestamp) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds a sample newer than `last`. */
  append(timestamp: Micros, value: number): void {
    if (this.#count === this.#timestamps.length) this.#grow()
    this.#timestamps[this.#count] = timestamp
    this.#values[this.#count] = value
    this.#count++
  }

  /** Adds a sample at its place in time, or replaces the value at that timestamp. */
  put(timestamp: Micros, value: number): void {
    const index = this.lowerBound(timestamp)
    this.#forgetSummary(index)
    if (index < this.#count && this.#timestamps[index] === timestamp) {
      this.#values[index] = value
      return
    }
    if (this.#count === this.#timestamps.length) this.#grow()
    this.#timestamps.copyWithin(index + 1, index, this.#count)
    this.#values.copyWithin(index + 1, index, this.#count)
    this.#timestamps[index] = timestamp
    this.#values[index] = value
    this.#count++
  }

  /** Moves the newer half into a new chunk and returns it. */
  split(): Chunk {
    const middle = this.#count >>> 1
    const newer = new Chunk()
    for (let index = middle; index < this.#count; index++) newer.append(this.#timestamps[index]!, this.#values[index]!)
    this.#forgetSummary(middle)
    this.#count = middle
    return newer
  }

  /** Removes the oldest `count` samples. */
  dropOldest(count: number): void {
    this.#timestamps.copyWithin(0, count, this.#count)
    this.#values.copyWithin(0, count, this.#count)
    this.#forgetSummary(0)
    this.#count -= count
  }

  /** The summary of all samples. Owned by the chunk; valid until its next change. */
  summary(): Summary {
    for (; this.#summarized < this.#count; this.#summarized++) this.#summary.add(this.#values[this.#summarized]!)
    return this.#summary
  }

  #forgetSummary(from: number): void {
    if (from >= this.#summarized) return
    this.#summary.clear()
    this.#summarized = 0
  }

  #grow(): void {
    const capacity = Math.min(this.#timestamps.length * 2, chunkSamplesMax)
    const timestamps = new Float64Array(capacity)
    const values = new Float64Array(capacity)
    timestamps.set(this.#timestamps)
    values.set(this.#values)
    this.#timestamps = timestamps
    this.#values = values
  }
}
