/**
 * A double-ended queue of samples in columns. Every operation costs O(1), amortised over growth.
 *
 * Reading an end is allowed only while the ring is not empty.
 */
import type { ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'

export class SampleRing {
  // Capacities are powers of two, so that a mask wraps an index.
  #timestamps = new Float64Array(16)
  #values = new Float64Array(16)
  #producers = new Float64Array(16)
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
    if (this.#count === this.#timestamps.length) this.#grow()
    const index = (this.#head + this.#count) & (this.#timestamps.length - 1)
    this.#timestamps[index] = timestamp
    this.#values[index] = value
    this.#producers[index] = producer
    this.#count++
  }

  dropOldest(): void {
    this.#head = (this.#head + 1) & (this.#timestamps.length - 1)
    this.#count--
  }

  dropNewest(): void {
    this.#count--
  }

  #grow(): void {
    this.#timestamps = unrolled(this.#timestamps, this.#head)
    this.#values = unrolled(this.#values, this.#head)
    this.#producers = unrolled(this.#producers, this.#head)
    this.#head = 0
  }
}

/** A copy of a full ring column in order, twice as long. */
function unrolled(column: Float64Array, head: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(column.length * 2)
  copy.set(column.subarray(head))
  copy.set(column.subarray(0, head), column.length - head)
  return copy
}
