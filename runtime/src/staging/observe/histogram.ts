/** A histogram: how many observed values fell into each bucket, and their sum. */

/** Upper bounds in seconds, inclusive, for what usually takes milliseconds and may take a minute. */
export const secondsBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

/** Numbers that a histogram over `bounds` takes: a count for each, one for what is beyond the last, and the sum. */
export function histogramLength(bounds: readonly number[]): number {
  return bounds.length + 2
}

export class Histogram {
  /** Ascending. */
  readonly bounds: readonly number[]
  readonly #numbers: Float64Array

  /** @param numbers - where it is kept, such as in memory that threads share; `histogramLength` of them */
  constructor(
    bounds: readonly number[] = secondsBounds,
    numbers: Float64Array = new Float64Array(histogramLength(bounds)),
  ) {
    this.bounds = bounds
    this.#numbers = numbers
  }

  /** By bucket, each with what is in none before it; the last has what is beyond all bounds. */
  get counts(): Float64Array {
    return this.#numbers.slice(0, -1)
  }

  get sum(): number {
    return this.#numbers[this.bounds.length + 1]!
  }

  observe(value: number): void {
    const numbers = this.#numbers
    const { bounds } = this
    let bucket = 0
    while (bucket < bounds.length && value > bounds[bucket]!) bucket++
    numbers[bucket]!++
    numbers[numbers.length - 1]! += value
  }

  /** Adds what another one over the same bounds has observed. */
  add(other: Histogram): void {
    for (const [index, number] of other.#numbers.entries()) this.#numbers[index]! += number
  }
}
