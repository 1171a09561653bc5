/**
 * A sum of doubles that rounds only when it is read.
 *
 * It keeps the exact total as an expansion (the algorithm of Python's `math.fsum`). So the result depends only on the
 * *set* of values, not on their order or grouping, and removing a value restores exactly what was there before: windows
 * never drift, and live and historical aggregates agree to the last bit.
 */
import { addToExpansion, divideExpansion } from './expansion.ts'

export class ExactSum {
  readonly #parts: number[] = []
  // Values so large that a partial sum could overflow are scaled down and kept in a separate sum.
  #huge: ExactSum | undefined

  /** Recreates the sum that had these `parts` and `hugeParts`. */
  static fromParts(parts: readonly number[], hugeParts: readonly number[]): ExactSum {
    const sum = new ExactSum()
    for (const part of parts) sum.#parts.push(part)
    if (hugeParts.length > 0) sum.#huge = ExactSum.fromParts(hugeParts, [])
    return sum
  }

  /** What `fromParts` needs, with `hugeParts`, to recreate this sum. Valid until the next change. */
  get parts(): readonly number[] {
    return this.#parts
  }

  get hugeParts(): readonly number[] {
    return this.#huge === undefined ? [] : this.#huge.#parts
  }

  /** Adds a finite value. */
  add(value: number): void {
    if (Math.abs(value) > hugeAbove) {
      this.#huge ??= new ExactSum()
      addToExpansion(this.#huge.#parts, value * hugeScale)
      return
    }
    addToExpansion(this.#parts, value)
  }

  /**
   * Adds the finite values from index `from` to before index `to`. The total is as exact as if each were added
   * separately.
   */
  addColumn(values: Float64Array, from: number, to: number): void {
    // For almost any column, three doubles do the work of the list of parts: each takes exactly what the one before it
    // rounds off. What the last one rounds off goes to the parts.
    let high = 0
    let middle = 0
    let low = 0
    for (let index = from; index < to; index++) {
      const value = values[index]!
      if (Math.abs(value) > hugeAbove) {
        this.add(value)
        continue
      }
      const highSum = high + value
      const highVirtual = highSum - high
      const highRest = high - (highSum - highVirtual) + (value - highVirtual)
      high = highSum
      const middleSum = middle + highRest
      const middleVirtual = middleSum - middle
      const middleRest = middle - (middleSum - middleVirtual) + (highRest - middleVirtual)
      middle = middleSum
      const lowSum = low + middleRest
      const lowVirtual = lowSum - low
      const lowRest = low - (lowSum - lowVirtual) + (middleRest - lowVirtual)
      low = lowSum
      if (lowRest !== 0) addToExpansion(this.#parts, lowRest)
    }
    if (low !== 0) addToExpansion(this.#parts, low)
    if (middle !== 0) addToExpansion(this.#parts, middle)
    addToExpansion(this.#parts, high)
  }

  /** Removes a value that was added before. */
  subtract(value: number): void {
    this.add(-value)
  }

  /** Adds everything that another sum holds, without changing the other. */
  addSum(other: ExactSum): void {
    // Parts are sums already and may be large, so each stays on its side.
    for (const part of other.#parts) addToExpansion(this.#parts, part)
    if (other.#huge !== undefined) {
      this.#huge ??= new ExactSum()
      this.#huge.addSum(other.#huge)
    }
  }

  /** Forgets everything. */
  clear(): void {
    this.#parts.length = 0
    this.#huge = undefined
  }

  /**
   * The total, rounded once to the nearest finite double, never −0. Beyond the range of doubles it is
   * ±`Number.MAX_VALUE`: Event JSON has no infinities, and live and history must agree there too.
   */
  value(): number {
    return Math.min(Math.max(this.#divided(1), -Number.MAX_VALUE), Number.MAX_VALUE)
  }

  /**
   * The total divided by a count, rounded once, never −0. So it lies between the smallest and the largest of the values,
   * and never overflows.
   */
  mean(count: number): number {
    return this.#divided(count)
  }

  #divided(count: number): number {
    if (this.#huge === undefined) return divideExpansion(this.#parts, count)
    const huge = this.#huge.#parts
    const total: number[] = []
    if (Math.abs(huge.at(-1) ?? 0) < scaledOverflowAbove) {
      // What remains of the huge values fits beside the others.
      for (const part of this.#parts) addToExpansion(total, part)
      for (const part of huge) addToExpansion(total, part / hugeScale)
      return divideExpansion(total, count)
    }
    for (const part of huge) addToExpansion(total, part)
    // Too small to scale without loss, and so small beside huge values that it decides at most which way to round:
    // the sign is enough for that, and it is the sign of the largest of them.
    let tiny = 0
    for (const part of this.#parts) {
      if (Math.abs(part) < tinyBelow) tiny = Math.sign(part)
      else addToExpansion(total, part * hugeScale)
    }
    addToExpansion(total, tiny * Number.MIN_VALUE)
    return divideExpansion(total, count) / hugeScale
  }
}

// Sums of 2^53 values below 2^900 stay below 2^953. Scaling by a power of two is exact for values above 2^900.
const hugeAbove = 2 ** 900
const hugeScale = 2 ** -128
// 2^1000, scaled: far from overflow, and far above the sum of all values that are not huge.
const scaledOverflowAbove = 2 ** 872
// Scaling is exact from here up: the last bit of a double this large is at least 2^-942, which scales to 2^-1070.
const tinyBelow = 2 ** -890
