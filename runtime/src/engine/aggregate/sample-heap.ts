/**
 * Samples in columns, of which the one with the smallest key is at hand: its timestamp, or its value. Push and drop cost
 * O(log n). The columns are outside of the JavaScript heap, and shrink with what they hold.
 */
import type { ProducerId } from '../model/live-event.ts'

const capacityMin = 16

export class SampleHeap {
  #keys = new Float64Array(capacityMin)
  #others = new Float64Array(capacityMin)
  #producers = new Float64Array(capacityMin)
  #count = 0

  get count(): number {
    return this.#count
  }

  /** The smallest key; +Infinity when empty. */
  get key(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#keys[0]!
  }

  /** What was pushed with the smallest key; only while it is not empty. */
  get other(): number {
    return this.#others[0]!
  }

  /** As `other`. */
  get producer(): ProducerId {
    return this.#producers[0]!
  }

  push(key: number, other: number, producer: ProducerId): void {
    if (this.#count === this.#keys.length) this.#resize(this.#count * 2)
    const keys = this.#keys
    let index = this.#count++
    while (index > 0) {
      const parent = (index - 1) >>> 1
      if (keys[parent]! <= key) break
      this.#move(parent, index)
      index = parent
    }
    this.#set(index, key, other, producer)
  }

  /** Removes the sample with the smallest key; only while there is one. */
  drop(): void {
    const last = --this.#count
    this.#sink(0, this.#keys[last]!, this.#others[last]!, this.#producers[last]!)
    this.#shrink()
  }

  /** Removes every sample whose other number is below `start`, in O(n). */
  dropOthersBelow(start: number): void {
    let kept = 0
    for (let index = 0; index < this.#count; index++) {
      if (this.#others[index]! >= start) this.#move(index, kept++)
    }
    this.#count = kept
    for (let index = (kept >>> 1) - 1; index >= 0; index--) {
      this.#sink(index, this.#keys[index]!, this.#others[index]!, this.#producers[index]!)
    }
    this.#shrink()
  }

  /** Puts a sample at `index`, or as far below as its key demands. */
  #sink(index: number, key: number, other: number, producer: ProducerId): void {
    const keys = this.#keys
    let at = index
    for (;;) {
      let child = at * 2 + 1
      if (child >= this.#count) break
      if (child + 1 < this.#count && keys[child + 1]! < keys[child]!) child++
      if (keys[child]! >= key) break
      this.#move(child, at)
      at = child
    }
    this.#set(at, key, other, producer)
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#keys[from]!, this.#others[from]!, this.#producers[from]!)
  }

  #set(index: number, key: number, other: number, producer: ProducerId): void {
    this.#keys[index] = key
    this.#others[index] = other
    this.#producers[index] = producer
  }

  #shrink(): void {
    const { length } = this.#keys
    if (length > capacityMin && this.#count < length / 4) this.#resize(Math.max(capacityMin, this.#count * 2))
  }

  #resize(capacity: number): void {
    this.#keys = resized(this.#keys, capacity)
    this.#others = resized(this.#others, capacity)
    this.#producers = resized(this.#producers, capacity)
  }
}

function resized(column: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const copy = new Float64Array(capacity)
  copy.set(column.subarray(0, capacity))
  return copy
}
