/**
 * A sum of doubles that rounds only when it is read.
 *
 * It keeps the exact total as a list of doubles that do not overlap (Shewchuk 1997, "Adaptive Precision Floating-Point
 * Arithmetic"; the algorithm of Python's `math.fsum`). So the result depends only on the *set* of values, not on their
 * order or grouping, and removing a value restores exactly what was there before: windows never drift, and live and
 * historical aggregates agree to the last bit.
 */
export class ExactSum {
  // In ascending magnitude, nonzero, not overlapping. Two or three for data of one scale.
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
      this.#huge.#accumulate(value * hugeScale)
      return
    }
    this.#accumulate(value)
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
      if (lowRest !== 0) this.#accumulate(lowRest)
    }
    if (low !== 0) this.#accumulate(low)
    if (middle !== 0) this.#accumulate(middle)
    this.#accumulate(high)
  }

  #accumulate(value: number): void {
    const parts = this.#parts
    let kept = 0
    let high = value
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index]!
      const sum = high + part
      const virtual = sum - high
      const low = high - (sum - virtual) + (part - virtual)
      if (low !== 0) parts[kept++] = low
      high = sum
    }
    if (high !== 0) parts[kept++] = high
    parts.length = kept
  }

  /** Removes a value that was added before. */
  subtract(value: number): void {
    this.add(-value)
  }

  /** Adds everything that another sum holds, without changing the other. */
  addSum(other: ExactSum): void {
    // Parts are sums already and may be large, so each stays on its side.
    for (const part of other.#parts) this.#accumulate(part)
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
   * The total divided by a count. Unlike `value() / count`, it does not overflow: a mean of finite values is finite.
   */
  mean(count: number): number {
    return this.#divided(count)
  }

  #divided(count: number): number {
    if (this.#huge === undefined) return roundParts(this.#parts) / count
    const huge = this.#huge.#parts
    const total = new ExactSum()
    if (Math.abs(huge.at(-1) ?? 0) < scaledOverflowAbove) {
      // What remains of the huge values fits beside the others.
      for (const part of this.#parts) total.#accumulate(part)
      for (const part of huge) total.#accumulate(part / hugeScale)
      return roundParts(total.#parts) / count
    }
    for (const part of huge) total.#accumulate(part)
    // Too small to scale without loss, and so small beside huge values that it decides at most which way to round:
    // the sign is enough for that, and it is the sign of the largest of them.
    let tiny = 0
    for (const part of this.#parts) {
      if (Math.abs(part) < tinyBelow) tiny = Math.sign(part)
      else total.#accumulate(part * hugeScale)
    }
    total.#accumulate(tiny * Number.MIN_VALUE)
    return roundParts(total.#parts) / count / hugeScale
  }
}

// Sums of 2^53 values below 2^900 stay below 2^953. Scaling by a power of two is exact for values above 2^900.
const hugeAbove = 2 ** 900
const hugeScale = 2 ** -128
// 2^1000, scaled: far from overflow, and far above the sum of all values that are not huge.
const scaledOverflowAbove = 2 ** 872
// Scaling is exact from here up: the last bit of a double this large is at least 2^-942, which scales to 2^-1070.
const tinyBelow = 2 ** -890

function roundParts(parts: readonly number[]): number {
  let index = parts.length - 1
  if (index < 0) return 0
  let high = parts[index]!
  let low = 0
  while (index > 0) {
    const before = high
    const part = parts[--index]!
    high = before + part
    low = part - (high - before)
    if (low !== 0) break
  }
  // A tie: the next part decides the direction, which `high` alone cannot know.
  if (index > 0) {
    const next = parts[index - 1]!
    if ((low < 0 && next < 0) || (low > 0 && next > 0)) {
      const doubled = low * 2
      const candidate = high + doubled
      if (doubled === candidate - high) high = candidate
    }
  }
  return high
}
