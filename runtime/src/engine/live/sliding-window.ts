/**
 * Implements `Aggregate` for a rolling range: the samples in `[newest − width, newest]`, in event time.
 *
 * Samples in order go into a ring, late ones into a heap by time, so the oldest sample is found immediately and leaves
 * in O(1) or O(log n). The sum is exact, so removing a value leaves no rounding error. However many operators read the
 * window, it holds each sample once.
 */
import type { ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import { ExactSum } from '../aggregate/exact-sum.ts'
import type { Operator } from '../query/query.ts'
import type { Acceptance, Aggregate } from './aggregate.ts'
import { Contributors } from './contributors.ts'
import { SampleHeap } from '../aggregate/sample-heap.ts'
import { SampleRing } from '../aggregate/sample-ring.ts'
import { WindowMinimum } from './window-minimum.ts'

export class SlidingWindow implements Aggregate {
  readonly #widthMicros: number
  readonly #inOrder = new SampleRing()
  /** By timestamp, with the value beside it. Most windows never have late samples. */
  #late: SampleHeap | undefined
  readonly #contributors = new Contributors()
  // Only what the operators in use read.
  #sum: ExactSum | undefined
  #minimum: WindowMinimum | undefined
  /** Of the negated values. */
  #maximum: WindowMinimum | undefined
  #newest: Micros = Number.NEGATIVE_INFINITY

  constructor(widthMicros: number) {
    this.#widthMicros = widthMicros
  }

  get sampleCount(): number {
    return this.#inOrder.count + (this.#late?.count ?? 0)
  }

  serve(operator: Operator): void {
    if ((operator === 'AVG' || operator === 'SUM') && this.#sum === undefined) {
      const sum = new ExactSum()
      this.#inOrder.forEach((_timestamp, value) => sum.add(value))
      this.#sum = sum
    }
    if (operator === 'MIN') this.#minimum ??= this.#minimumOf(1)
    if (operator === 'MAX') this.#maximum ??= this.#minimumOf(-1)
  }

  accept(timestamp: Micros, value: number, producer: ProducerId): Acceptance {
    if (timestamp < this.#start()) return 'late'
    if (timestamp >= this.#newest) {
      this.#newest = timestamp
      this.#inOrder.push(timestamp, value, producer)
      this.#minimum?.add(timestamp, value)
      this.#maximum?.add(timestamp, -value)
    } else {
      this.#late ??= new SampleHeap()
      this.#late.push(timestamp, value, producer)
      this.#minimum?.addLate(timestamp, value)
      this.#maximum?.addLate(timestamp, -value)
    }
    this.#sum?.add(value)
    this.#contributors.add(producer)
    this.#evict()
    return 'counted'
  }

  value(operator: Operator): number {
    switch (operator) {
      case 'COUNT':
        return this.sampleCount
      case 'SUM':
        return this.#sum!.value()
      case 'AVG':
        return this.#sum!.mean(this.sampleCount)
      // Adding 0 turns −0 into 0, as in `Summary`.
      case 'MIN':
        return this.#minimum!.value() + 0
      case 'MAX':
        return -this.#maximum!.value() + 0
    }
  }

  producers(): readonly ProducerId[] {
    return this.#contributors.list()
  }

  closeProducer(producer: ProducerId): void {
    this.#contributors.close(producer)
  }

  #start(): Micros {
    return this.#newest - this.#widthMicros
  }

  /** Before anything was offered besides the seed, which is in order: no sample is late. */
  #minimumOf(sign: 1 | -1): WindowMinimum {
    const minimum = new WindowMinimum()
    this.#inOrder.forEach((timestamp, value) => minimum.add(timestamp, sign * value))
    return minimum
  }

  #evict(): void {
    const start = this.#start()
    while (this.#inOrder.oldestTimestamp < start) {
      this.#leave(this.#inOrder.oldestValue, this.#inOrder.oldestProducer)
      this.#inOrder.dropOldest()
    }
    if (this.#late !== undefined) this.#evictLate(this.#late, start)
    this.#minimum?.dropBefore(start)
    this.#maximum?.dropBefore(start)
  }

  #evictLate(late: SampleHeap, start: Micros): void {
    while (late.key < start) {
      this.#leave(late.other, late.producer)
      late.drop()
    }
  }

  #leave(value: number, producer: ProducerId): void {
    this.#sum?.subtract(value)
    this.#contributors.remove(producer)
  }
}
