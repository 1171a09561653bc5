/** Arrivals in columns, on their way from the store to a workflow, which may be on another thread. */
import { grownColumn } from '../model/columns.ts'

/** In order of arrival. The first `count` entries of each column are in use. Structured-cloneable. */
export interface Arrived {
  readonly count: number
  /** Numbers in the order of arrival, ascending. */
  readonly positions: Float64Array<ArrayBuffer>
  /** When they arrived, ascending. */
  readonly ats: Float64Array<ArrayBuffer>
  /** Ids of series, or `closing`: then `producers` says which connection is closed, and the rest has no meaning. */
  readonly series: Uint32Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  /** The connection that each sample came from; `noProducer` = none. */
  readonly producers: Float64Array<ArrayBuffer>
}

export const nothingArrived: Arrived = {
  count: 0,
  positions: new Float64Array(0),
  ats: new Float64Array(0),
  series: new Uint32Array(0),
  timestamps: new Float64Array(0),
  values: new Float64Array(0),
  producers: new Float64Array(0),
}

/** The columns with a number, in the order in which a batch has them in its buffer. */
const doubleColumns = 5

/** A batch under construction. */
export class ArrivedBuilder implements Arrived {
  #count = 0
  positions: Float64Array<ArrayBuffer>
  ats: Float64Array<ArrayBuffer>
  series: Uint32Array<ArrayBuffer>
  timestamps: Float64Array<ArrayBuffer>
  values: Float64Array<ArrayBuffer>
  producers: Float64Array<ArrayBuffer>

  /** @param capacity - how many fit in before the columns grow */
  constructor(capacity = 16) {
    this.positions = new Float64Array(capacity)
    this.ats = new Float64Array(capacity)
    this.series = new Uint32Array(capacity)
    this.timestamps = new Float64Array(capacity)
    this.values = new Float64Array(capacity)
    this.producers = new Float64Array(capacity)
  }

  get count(): number {
    return this.#count
  }

  /** Copies one entry of `columns`. @param position - its number in the order of arrival */
  add(columns: Omit<Arrived, 'count' | 'positions'>, index: number, position: number): void {
    if (this.#count === this.series.length) this.#grow()
    const at = this.#count++
    this.positions[at] = position
    this.ats[at] = columns.ats[index]!
    this.series[at] = columns.series[index]!
    this.timestamps[at] = columns.timestamps[index]!
    this.values[at] = columns.values[index]!
    this.producers[at] = columns.producers[index]!
  }

  /** Starts the next batch, in the same columns. */
  clear(): void {
    this.#count = 0
  }

  /** Removes the first entries. */
  removeFirst(count: number): void {
    const columns = [this.positions, this.ats, this.series, this.timestamps, this.values, this.producers]
    for (const column of columns) column.copyWithin(0, count, this.#count)
    this.#count -= count
  }

  /**
   * A copy of the entries from `start` to before `end`, all in one buffer: buffers are what makes V8 look for garbage,
   * and it moves to another thread as a whole.
   */
  slice(start: number, end: number): Arrived {
    const count = end - start
    if (count === 0) return nothingArrived
    const buffer = new ArrayBuffer(count * (doubleColumns * 8 + 4))
    const doubles = (column: number, of: Float64Array): Float64Array<ArrayBuffer> => {
      const copy = new Float64Array(buffer, column * count * 8, count)
      copy.set(of.subarray(start, end))
      return copy
    }
    const series = new Uint32Array(buffer, doubleColumns * count * 8, count)
    series.set(this.series.subarray(start, end))
    return {
      count,
      positions: doubles(0, this.positions),
      ats: doubles(1, this.ats),
      series,
      timestamps: doubles(2, this.timestamps),
      values: doubles(3, this.values),
      producers: doubles(4, this.producers),
    }
  }

  #grow(): void {
    this.positions = grownColumn(this.positions)
    this.ats = grownColumn(this.ats)
    this.series = grownColumn(this.series)
    this.timestamps = grownColumn(this.timestamps)
    this.values = grownColumn(this.values)
    this.producers = grownColumn(this.producers)
  }
}

/** Two batches as one, in order of arrival. What is in both is in it once. */
export function mergeArrived(left: Arrived, right: Arrived): Arrived {
  if (left.count === 0) return right
  if (right.count === 0) return left
  const merged = new ArrivedBuilder(left.count + right.count)
  let [fromLeft, fromRight] = [0, 0]
  while (fromLeft < left.count || fromRight < right.count) {
    const nextLeft = fromLeft < left.count ? left.positions[fromLeft]! : Number.POSITIVE_INFINITY
    const nextRight = fromRight < right.count ? right.positions[fromRight]! : Number.POSITIVE_INFINITY
    if (nextLeft <= nextRight) merged.add(left, fromLeft++, nextLeft)
    else merged.add(right, fromRight++, nextRight)
    if (nextLeft === nextRight) fromRight++
  }
  return merged.slice(0, merged.count)
}
