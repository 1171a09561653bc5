/** Count, exact sum, minimum and maximum of a set of samples: enough for every operator. */
import { ExactSum } from './exact-sum.ts'
import type { Operator } from '../query/query.ts'

/** A summary as plain data, which can be sent to another thread. */
export interface SummaryState {
  readonly count: number
  readonly min: number
  readonly max: number
  /** As of `ExactSum`. */
  readonly parts: readonly number[]
  readonly hugeParts: readonly number[]
}

export class Summary {
  count = 0
  /** +Infinity while empty. */
  min: number = Number.POSITIVE_INFINITY
  /** −Infinity while empty. */
  max: number = Number.NEGATIVE_INFINITY
  readonly sum: ExactSum

  constructor(sum: ExactSum = new ExactSum()) {
    this.sum = sum
  }

  /** Recreates a summary from its `state`. */
  static from({ count, min, max, parts, hugeParts }: SummaryState): Summary {
    const summary = new Summary(ExactSum.fromParts(parts, hugeParts))
    summary.count = count
    summary.min = min
    summary.max = max
    return summary
  }

  /** A copy as plain data. */
  state(): SummaryState {
    const { count, min, max, sum } = this
    return { count, min, max, parts: [...sum.parts], hugeParts: [...sum.hugeParts] }
  }

  /** Adds one finite value. */
  add(value: number): void {
    this.count++
    this.sum.add(value)
    if (value < this.min) this.min = value
    if (value > this.max) this.max = value
  }

  /** Adds the finite values from index `from` to before index `to`: the same as adding each, several times as fast. */
  addColumn(values: Float64Array, from: number, to: number): void {
    this.count += to - from
    this.sum.addColumn(values, from, to)
    let { min, max } = this
    for (let index = from; index < to; index++) {
      const value = values[index]!
      if (value < min) min = value
      if (value > max) max = value
    }
    this.min = min
    this.max = max
  }

  /** Adds everything that another summary holds, without changing the other. */
  addSummary(other: Summary): void {
    this.count += other.count
    this.sum.addSum(other.sum)
    if (other.min < this.min) this.min = other.min
    if (other.max > this.max) this.max = other.max
  }

  clear(): void {
    this.count = 0
    this.min = Number.POSITIVE_INFINITY
    this.max = Number.NEGATIVE_INFINITY
    this.sum.clear()
  }

  /** The aggregate, a finite number. Of nothing: 0 for COUNT and SUM, NaN for AVG, MIN and MAX. */
  value(operator: Operator): number {
    switch (operator) {
      case 'COUNT':
        return this.count
      case 'SUM':
        return this.sum.value()
      case 'AVG':
        return this.count === 0 ? Number.NaN : this.sum.mean(this.count)
      // Adding 0 turns −0 into 0: the sign of a zero must not reveal the order of arrival.
      case 'MIN':
        return this.count === 0 ? Number.NaN : this.min + 0
      case 'MAX':
        return this.count === 0 ? Number.NaN : this.max + 0
    }
  }
}
