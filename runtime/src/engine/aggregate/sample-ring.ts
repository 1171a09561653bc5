/**
 * A double-ended queue of samples in columns, which grow and shrink with it. Every operation costs O(1), amortised.
 *
 * Reading an end is allowed only while the ring is not empty.
 */
import type { ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'

const capacityMin = 16

export class SampleRing {
  // Capacities are powers of two, so that a mask wraps an index.
  #timestamps = new Float64Array(capacityMin)
  #values = new Float64Array(capacityMin)
  #producers = new Float64Array(capacityMin)
  #head = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  get oldestTimestamp(): Micros {
    return this.#timestamps[this.#head]!
  }

  get oldestValue(): number {
    return this.#values[this.#head]!
  }

  get oldestProducer(): ProducerId {
    return this.#producers[this.#head]!
  }

  get newestValue(): number {
    return this.#values[(this.#head + this.#count - 1) & (this.#values.length - 1)]!
  }

  push(timestamp: Micros, value: number, producer: ProducerId): void {
    if (this.#count === this.#timestamps.length) this.#resize(this.#count * 2)
    const index = (this.#head + this.#count) & (this.#timestamps.length - 1)
    this.#timestamps[index] = timestamp
    this.#values[index] = value
    this.#producers[index] = producer
    this.#count++
  }

  dropOldest(): void {
    this.#head = (this.#head + 1) & (this.#timestamps.length - 1)
    this.#count--
    this.#shrink()
  }

  dropNewest(): void {
    this.#count--
    this.#shrink()
  }

  /** Visits the samples, oldest first. */
  forEach(visit: (timestamp: Micros, value: number) => void): void {
    const mask = this.#timestamps.length - 1
    for (let index = 0; index < this.#count; index++) {
      const at = (this.#head + index) & mask
      visit(this.#timestamps[at]!, this.#values[at]!)
    }
  }

  #shrink(): void {
    const { length } = this.#timestamps
    // What is left fills half of the new columns: samples that come and go by turns resize nothing.
    if (length > capacityMin && this.#count < length / 4) this.#resize(length / 2)
  }

  #resize(capacity: number): void {
    this.#timestamps = this.#unrolled(this.#timestamps, capacity)
    this.#values = this.#unrolled(this.#values, capacity)
    this.#producers = this.#unrolled(this.#producers, capacity)
    this.#head = 0
  }

  /** A copy of a ring column in order, with room for `capacity`. */
  #unrolled(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
    const copy = new Float64Array(capacity)
    const end = Math.min(this.#head + this.#count, column.length)
    copy.set(column.subarray(this.#head, end))
    copy.set(column.subarray(0, this.#head + this.#count - end), end - this.#head)
    return copy
  }
}
