/**
 * The smallest value of a rolling window, in amortised O(1) for samples in order and O(log n) for late ones.
 *
 * In order: a monotonic queue, which drops a sample as soon as a newer one is at least as small, because it can never
 * be the smallest again. Late: a heap by value. What leaves the window below its top stays until that is half of the
 * heap. A maximum is the minimum of the negated values.
 */
import { SampleHeap } from '../aggregate/sample-heap.ts'
import type { Micros } from '../model/timestamp.ts'
import { noProducer } from '../model/columns.ts'
import { SampleRing } from '../aggregate/sample-ring.ts'

/** Late samples that are kept without a look at how many have left. */
const lateUncheckedMax = 64

export class WindowMinimum {
  readonly #inOrder = new SampleRing()
  /** By value, with the timestamp beside it. Most windows never have late samples. */
  #late: SampleHeap | undefined
  #lateCheckedAt = lateUncheckedMax

  /** Adds a sample that is not older than any added before. */
  add(timestamp: Micros, value: number): void {
    while (this.#inOrder.count > 0 && this.#inOrder.newestValue >= value) this.#inOrder.dropNewest()
    this.#inOrder.push(timestamp, value, noProducer)
  }

  /** Adds a sample older than the newest one. */
  addLate(timestamp: Micros, value: number): void {
    this.#late ??= new SampleHeap()
    this.#late.push(value, timestamp, noProducer)
  }

  /** Forgets the samples before `start`, which must never decrease. */
  dropBefore(start: Micros): void {
    while (this.#inOrder.count > 0 && this.#inOrder.oldestTimestamp < start) this.#inOrder.dropOldest()
    const late = this.#late
    if (late === undefined) return
    while (late.count > 0 && late.other < start) late.drop()
    if (late.count <= this.#lateCheckedAt) return
    late.dropOthersBelow(start)
    this.#lateCheckedAt = Math.max(lateUncheckedMax, 2 * late.count)
  }

  /** The minimum of the samples at or after the latest `start`; +Infinity without samples. */
  value(): number {
    const inOrder = this.#inOrder.count > 0 ? this.#inOrder.oldestValue : Number.POSITIVE_INFINITY
    return Math.min(inOrder, this.#late?.key ?? Number.POSITIVE_INFINITY)
  }
}
