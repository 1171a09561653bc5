/**
 * What later arrivals have changed in one series: the values as of a position at every timestamp that they touch.
 *
 * Samples usually arrive in order of time, so most timestamps ascend and are kept in columns.
 */
import { grownColumn } from '../model/columns.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { Micros } from '../model/timestamp.ts'
import type { SeriesId } from '../store/history-source.ts'
import type { StoredChunk } from '../store/series-samples.ts'
import type { SeriesChanges } from '../store/stepwise-reading.ts'
import type { KeptArrivals, Writer } from './kept-arrivals.ts'

/** Where a workflow is. */
export interface Position {
  /** The newest arrival that is revealed to it. */
  readonly arrival: number
  /** What it writes is revealed to it immediately. */
  readonly writer: Writer
}

export class ChangesAsOf implements SeriesChanges {
  readonly #arrivals: KeptArrivals
  readonly #writer: Writer
  readonly #series: SeriesId
  /** Position of the newest arrival of the series that is taken into account. */
  #until: number
  /** Ascending. The first `#count` entries are in use. */
  #timestamps: Float64Array<ArrayBuffer> = none
  #values: Float64Array<ArrayBuffer> = none
  #count = 0
  /** How many of them had a sample. */
  #valueCount = 0
  /** What came between the others. */
  readonly #others = new Map<Micros, number>()
  #otherMin: Micros = Number.POSITIVE_INFINITY
  #otherMax: Micros = Number.NEGATIVE_INFINITY

  constructor(arrivals: KeptArrivals, { arrival, writer }: Position, series: SeriesId) {
    this.#arrivals = arrivals
    this.#writer = writer
    this.#series = series
    this.#until = arrival
  }

  get isBehind(): boolean {
    return this.#arrivals.latestOf(this.#series) > this.#until
  }

  *catchUp(slice: Slice): Steps<void> {
    while (this.isBehind) yield* this.#take(this.#arrivals.latestOf(this.#series), slice)
  }

  touches(first: Micros, last: Micros): boolean {
    if (this.#otherMin <= last && this.#otherMax >= first) return true
    const at = this.#lowerBound(first)
    return at < this.#count && this.#timestamps[at]! <= last
  }

  hides({ count, first, last }: StoredChunk): boolean {
    if (this.#valueCount > 0 || (this.#otherMin <= last && this.#otherMax >= first)) return false
    // Later samples in order of time, and nothing else.
    return this.#lowerBound(last + 1) - this.#lowerBound(first) === count
  }

  get(timestamp: Micros): number | undefined {
    const at = this.#lowerBound(timestamp)
    if (at < this.#count && this.#timestamps[at] === timestamp) return this.#values[at]
    return this.#others.get(timestamp)
  }

  /** Every timestamp that is touched. */
  *timestamps(): Generator<Micros> {
    for (let index = 0; index < this.#count; index++) yield this.#timestamps[index]!
    yield* this.#others.keys()
  }

  /** Takes the arrivals up to a position into account, oldest first. */
  *#take(until: number, slice: Slice): Steps<void> {
    const arrivals = this.#arrivals
    const later: number[] = []
    for (let at = until; at > this.#until && at > arrivals.before;) {
      later.push(at)
      at = arrivals.previousTo(at)
      if (later.length % pieceArrivals === 0 && slice.isOver) yield
    }
    for (let position = later.pop(); position !== undefined; position = later.pop()) {
      // Forgotten in between, when the reader is too far behind.
      if (position > arrivals.before) this.#note(position)
      if (later.length % pieceArrivals === 0 && slice.isOver) yield
    }
    this.#until = until
  }

  #note(position: number): void {
    const arrivals = this.#arrivals
    const index = arrivals.indexOf(position)
    const timestamp = arrivals.timestamps[index]!
    // Its own samples count as soon as they are written, over what was there before.
    if (arrivals.writers[index] === this.#writer) this.#set(timestamp, arrivals.values[index]!)
    else if (this.get(timestamp) === undefined) this.#set(timestamp, arrivals.replacedAt(position))
  }

  #set(timestamp: Micros, value: number): void {
    const at = this.#lowerBound(timestamp)
    if (at < this.#count) {
      if (this.#timestamps[at] !== timestamp) {
        this.#setOther(timestamp, value)
        return
      }
      this.#valueCount += countOf(value) - countOf(this.#values[at]!)
      this.#values[at] = value
      return
    }
    if (at === this.#timestamps.length) {
      this.#timestamps = grownColumn(this.#timestamps, 16)
      this.#values = grownColumn(this.#values, 16)
    }
    this.#timestamps[at] = timestamp
    this.#values[at] = value
    this.#count++
    this.#valueCount += countOf(value)
  }

  #setOther(timestamp: Micros, value: number): void {
    this.#others.set(timestamp, value)
    this.#otherMin = Math.min(this.#otherMin, timestamp)
    this.#otherMax = Math.max(this.#otherMax, timestamp)
  }

  /** Index of the first timestamp in the columns at or after one. */
  #lowerBound(timestamp: Micros): number {
    if (this.#count === 0 || timestamp > this.#timestamps[this.#count - 1]!) return this.#count
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timestamps[middle]! < timestamp) low = middle + 1
      else high = middle
    }
    return low
  }
}

function countOf(value: number): 0 | 1 {
  return Number.isNaN(value) ? 0 : 1
}

const none: Float64Array<ArrayBuffer> = new Float64Array(0)
/** Some ten microseconds. */
const pieceArrivals = 256
