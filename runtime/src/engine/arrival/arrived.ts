/** Arrivals in columns, on their way from the store to a workflow, which may be on another thread. */
import { grownColumn } from '../model/columns.ts'

/** In order of arrival. The first `count` entries of each column are in use. Structured-cloneable. */
export interface Arrived {
  readonly count: number
  /** Numbers in the order of arrival, ascending. */
  readonly positions: Float64Array
  /** When they arrived, ascending. */
  readonly ats: Float64Array
  /** Ids of series, or `closing`: then `producers` says which connection is closed, and the rest has no meaning. */
  readonly series: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** The connection that each sample came from; `noProducer` = none. */
  readonly producers: Float64Array
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

/** A batch under construction. */
export class ArrivedBuilder implements Arrived {
  #count = 0
  positions: Float64Array<ArrayBuffer> = new Float64Array(16)
  ats: Float64Array<ArrayBuffer> = new Float64Array(16)
  series: Uint32Array<ArrayBuffer> = new Uint32Array(16)
  timestamps: Float64Array<ArrayBuffer> = new Float64Array(16)
  values: Float64Array<ArrayBuffer> = new Float64Array(16)
  producers: Float64Array<ArrayBuffer> = new Float64Array(16)

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

  /** The entries from `start` to before `end`, as columns of exactly that length. */
  slice(start: number, end: number): Arrived {
    return {
      count: end - start,
      positions: this.positions.slice(start, end),
      ats: this.ats.slice(start, end),
      series: this.series.slice(start, end),
      timestamps: this.timestamps.slice(start, end),
      values: this.values.slice(start, end),
      producers: this.producers.slice(start, end),
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
  const merged = new ArrivedBuilder()
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
