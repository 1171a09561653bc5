/**
 * The smallest value of a rolling window, in amortised O(1) for samples in order and O(log n) for late ones.
 *
 * In order: a monotonic queue, which drops a sample as soon as a newer one is at least as small, because it can never
 * be the smallest again. Late: a heap by value, whose top is removed once it has left the window. A maximum is the
 * minimum of the negated values.
 */
import { BinaryHeap } from '../aggregate/binary-heap.ts'
import type { Micros } from '../model/timestamp.ts'
import { noProducer } from '../model/columns.ts'
import { SampleRing } from '../aggregate/sample-ring.ts'

export class WindowMinimum {
  readonly #inOrder = new SampleRing()
  readonly #late = new BinaryHeap<{ timestamp: Micros; value: number }>((left, right) => left.value < right.value)

  /** Adds a sample that is not older than any added before. */
  add(timestamp: Micros, value: number): void {
    while (this.#inOrder.count > 0 && this.#inOrder.newestValue >= value) this.#inOrder.dropNewest()
    this.#inOrder.push(timestamp, value, noProducer)
  }

  /** Adds a sample older than the newest one. */
  addLate(timestamp: Micros, value: number): void {
    this.#late.push({ timestamp, value })
  }

  /** The minimum of the samples at or after `start`, which must never decrease; +Infinity without samples. */
  value(start: Micros): number {
    while (this.#inOrder.count > 0 && this.#inOrder.oldestTimestamp < start) this.#inOrder.dropOldest()
    let late = this.#late.peek()
    while (late !== undefined && late.timestamp < start) {
      this.#late.pop()
      late = this.#late.peek()
    }
    const inOrder = this.#inOrder.count > 0 ? this.#inOrder.oldestValue : Number.POSITIVE_INFINITY
    return Math.min(inOrder, late?.value ?? Number.POSITIVE_INFINITY)
  }
}
