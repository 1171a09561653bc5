/** Arrivals in columns, on their way from the store to a workflow, which may be on another thread. */

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

type Columns = Omit<Arrived, 'count'>

/** What an entry is copied from, besides its position. */
type Entries = Record<'ats' | 'timestamps' | 'values' | 'producers', Float64Array> & { readonly series: Uint32Array }

/** Of an entry: five doubles, and an id of a series. */
const entryBytes = 5 * 8 + 4

/** All in one buffer: it moves to another thread as a whole, and buffers are what makes V8 look for garbage. */
function createColumns(capacity: number): Columns {
  const buffer = new ArrayBuffer(capacity * entryBytes)
  const doubles = (number: number) => new Float64Array(buffer, number * capacity * 8, capacity)
  return {
    positions: doubles(0),
    ats: doubles(1),
    timestamps: doubles(2),
    values: doubles(3),
    producers: doubles(4),
    series: new Uint32Array(buffer, 5 * capacity * 8, capacity),
  }
}

/** Copies the entries from `start` to before `end` to the beginning of other columns. */
function copyColumns(from: Columns, start: number, end: number, to: Columns): void {
  to.positions.set(from.positions.subarray(start, end))
  to.ats.set(from.ats.subarray(start, end))
  to.timestamps.set(from.timestamps.subarray(start, end))
  to.values.set(from.values.subarray(start, end))
  to.producers.set(from.producers.subarray(start, end))
  to.series.set(from.series.subarray(start, end))
}

/** A batch under construction. */
export class ArrivedBuilder {
  #columns: Columns
  #count = 0

  /** @param capacity - how many fit in before the columns grow */
  constructor(capacity = 16) {
    this.#columns = createColumns(capacity)
  }

  get count(): number {
    return this.#count
  }

  /** Valid until the next entry. */
  get columns(): Columns {
    return this.#columns
  }

  /** Copies one entry of `columns`. @param position - its number in the order of arrival */
  add(columns: Entries, index: number, position: number): void {
    if (this.#count === this.#columns.series.length) this.#grow()
    const at = this.#count++
    const { positions, ats, series, timestamps, values, producers } = this.#columns
    positions[at] = position
    ats[at] = columns.ats[index]!
    series[at] = columns.series[index]!
    timestamps[at] = columns.timestamps[index]!
    values[at] = columns.values[index]!
    producers[at] = columns.producers[index]!
  }

  /** Starts the next batch, in the same columns. */
  clear(): void {
    this.#count = 0
  }

  /** Removes the first entries. */
  removeFirst(count: number): void {
    if (count === 0) return
    copyColumns(this.#columns, count, this.#count, this.#columns)
    this.#count -= count
  }

  /** Puts the last entry first. */
  reverse(): void {
    const { positions, ats, series, timestamps, values, producers } = this.#columns
    for (const column of [positions, ats, series, timestamps, values, producers])
      column.subarray(0, this.#count).reverse()
  }

  /** A copy of the entries from `start` to before `end`, in a buffer of their own. */
  slice(start: number, end: number): Arrived {
    if (start === end) return nothingArrived
    const columns = createColumns(end - start)
    copyColumns(this.#columns, start, end, columns)
    return { count: end - start, ...columns }
  }

  /** All entries, in a buffer of their own. The builder must not be used any more. */
  finish(): Arrived {
    const isFull = this.#count === this.#columns.series.length && this.#count > 0
    return isFull ? { count: this.#count, ...this.#columns } : this.slice(0, this.#count)
  }

  #grow(): void {
    const grown = createColumns(Math.max(16, 2 * this.#columns.series.length))
    copyColumns(this.#columns, 0, this.#count, grown)
    this.#columns = grown
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
  return merged.finish()
}
