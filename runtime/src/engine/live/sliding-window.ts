/**
 * Implements `Aggregate` for a rolling range: the samples in `[newest − width, newest]`, in event time.
 *
 * Samples in order go into a ring, late ones into a heap by time, so the oldest sample is found immediately and leaves
 * in O(1) or O(log n). The sum is exact, so removing a value leaves no rounding error.
 */
import { BinaryHeap } from '../aggregate/binary-heap.ts'
import type { ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import { ExactSum } from '../aggregate/exact-sum.ts'
import type { Operator } from '../query/query.ts'
import type { Acceptance, Aggregate } from './aggregate.ts'
import { Contributors } from './contributors.ts'
import { SampleRing } from '../aggregate/sample-ring.ts'
import { WindowMinimum } from './window-minimum.ts'

interface LateSample {
  readonly timestamp: Micros
  readonly value: number
  readonly producer: ProducerId
}

export class SlidingWindow implements Aggregate {
  readonly #operator: Operator
  readonly #widthMicros: number
  readonly #inOrder = new SampleRing()
  readonly #late = new BinaryHeap<LateSample>((left, right) => left.timestamp < right.timestamp)
  readonly #contributors = new Contributors()
  // Each operator maintains only what it reads.
  readonly #sum: ExactSum | undefined
  readonly #minimum: WindowMinimum | undefined
  readonly #sign: 1 | -1
  #newest: Micros = Number.NEGATIVE_INFINITY

  constructor(operator: Operator, widthMicros: number) {
    this.#operator = operator
    this.#widthMicros = widthMicros
    if (operator === 'AVG' || operator === 'SUM') this.#sum = new ExactSum()
    if (operator === 'MIN' || operator === 'MAX') this.#minimum = new WindowMinimum()
    this.#sign = operator === 'MAX' ? -1 : 1
  }

  accept(timestamp: Micros, value: number, producer: ProducerId): Acceptance {
    if (timestamp < this.#start()) return 'late'
    if (timestamp >= this.#newest) {
      this.#newest = timestamp
      this.#inOrder.push(timestamp, value, producer)
      this.#minimum?.add(timestamp, this.#sign * value)
    } else {
      this.#late.push({ timestamp, value, producer })
      this.#minimum?.addLate(timestamp, this.#sign * value)
    }
    this.#sum?.add(value)
    this.#contributors.add(producer)
    this.#evict()
    return 'counted'
  }

  value(): number {
    const count = this.#inOrder.count + this.#late.size
    switch (this.#operator) {
      case 'COUNT':
        return count
      case 'SUM':
        return this.#sum!.value()
      case 'AVG':
        return this.#sum!.mean(count)
      case 'MIN':
      case 'MAX':
        // Adding 0 turns −0 into 0, as in `Summary`.
        return this.#sign * this.#minimum!.value(this.#start()) + 0
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

  #evict(): void {
    const start = this.#start()
    while (this.#inOrder.oldestTimestamp < start) {
      this.#leave(this.#inOrder.oldestValue, this.#inOrder.oldestProducer)
      this.#inOrder.dropOldest()
    }
    for (let late = this.#late.peek(); late !== undefined && late.timestamp < start; late = this.#late.peek()) {
      this.#leave(late.value, late.producer)
      this.#late.pop()
    }
  }

  #leave(value: number, producer: ProducerId): void {
    this.#sum?.subtract(value)
    this.#contributors.remove(producer)
  }
}
