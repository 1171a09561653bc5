/**
 * What arrived lately, in columns that are rings: after their last entry comes their first. An arrival is known by its
 * position, its number in the order of arrival, from 1; those of a series are linked, from the newest to older ones.
 */
import type { SampleBatch } from '../model/columns.ts'
import type { ProducerId } from '../model/live-event.ts'
import { NumberTable } from '../model/number-table.ts'
import type { Micros } from '../model/timestamp.ts'
import type { SeriesId } from '../store/history-source.ts'

type Doubles = Float64Array<SharedArrayBuffer>
type Integers = Uint32Array<SharedArrayBuffer>

const lengthMin = 1024

/** Stands in the place of a series where the closing of a connection arrives. */
export const closing: SeriesId = 0xffff_ffff

/** A workflow, where it writes samples; 0 = they came from outside. */
export type Writer = number

export class KeptArrivals {
  /** Each arrival is at `indexOf` its position; of `closing`, only the producer counts. For reading. */
  series: Integers = integers(lengthMin)
  timestamps: Doubles = doubles(lengthMin)
  values: Doubles = doubles(lengthMin)
  producers: Doubles = doubles(lengthMin)
  ats: Doubles = doubles(lengthMin)
  writers: Integers = integers(lengthMin)
  #previous: Doubles = doubles(lengthMin)
  /** By series. */
  readonly #latest = new NumberTable()
  readonly #replaced = new Map<number, number>()
  /** Index of the first. */
  #start = 0
  #count = 0
  #before = 0
  readonly #countMax: number

  /** @param countMax - for so many, room is made in advance; there may be more */
  constructor(countMax: number) {
    this.#countMax = countMax
  }

  get count(): number {
    return this.#count
  }

  /** Position of the newest arrival that is not kept any more. */
  get before(): number {
    return this.#before
  }

  /** Position of the newest arrival. */
  get newest(): number {
    return this.#before + this.#count
  }

  /** Where in the columns a position is. */
  indexOf(position: number): number {
    const index = this.#start + position - this.#before - 1
    return index < this.series.length ? index : index - this.series.length
  }

  /** Position of the newest arrival of a series; 0 before the first. It may not be kept any more. */
  latestOf(series: SeriesId): number {
    return this.#latest.get(series)
  }

  /** Position of the arrival of the same series before a kept one, as `latestOf`. */
  previousTo(position: number): number {
    return this.#previous[this.indexOf(position)]!
  }

  /** The value that the store had before a kept arrival; NaN = no sample at its (series, timestamp). */
  replacedAt(position: number): number {
    return this.#replaced.get(position) ?? Number.NaN
  }

  setReplaced(position: number, value: number): void {
    this.#replaced.set(position, value)
  }

  /** Counts arrivals that are not kept, while none are. */
  pass(count: number): void {
    this.#before += count
  }

  /** Adds a sample of a batch, for which there is room. */
  add({ series, timestamps, values, producers }: SampleBatch, index: number, writer: Writer, at: Micros): void {
    const id = series[index]!
    const end = this.#nextIndex()
    this.#previous[end] = this.latestOf(id)
    this.#latest.set(id, this.newest)
    this.series[end] = id
    this.timestamps[end] = timestamps[index]!
    this.values[end] = values[index]!
    this.producers[end] = producers[index]!
    this.ats[end] = at
    this.writers[end] = writer
  }

  /** Adds the closing of a connection, for which there is room. */
  addClosing(producer: ProducerId, at: Micros): void {
    const end = this.#nextIndex()
    this.series[end] = closing
    this.producers[end] = producer
    this.ats[end] = at
  }

  /** Adds a whole batch, for which there is room: several times as fast as one by one. */
  addAll({ count, series, timestamps, values, producers }: SampleBatch, writer: Writer, at: Micros): void {
    for (let from = 0; from < count;) {
      const end = this.#start + this.#count
      const index = end < this.series.length ? end : end - this.series.length
      const to = Math.min(count, from + this.series.length - index)
      this.series.set(series.subarray(from, to), index)
      this.timestamps.set(timestamps.subarray(from, to), index)
      this.values.set(values.subarray(from, to), index)
      this.producers.set(producers.subarray(from, to), index)
      this.ats.fill(at, index, index + to - from)
      this.writers.fill(writer, index, index + to - from)
      this.#link(series, from, to, index)
      this.#count += to - from
      from = to
    }
  }

  /** Makes room for so many more. */
  makeRoom(count: number): void {
    const needed = this.#count + count
    if (needed <= this.series.length) return
    // Not twice as much as is ever kept.
    const length = Math.max(needed, Math.min(2 * this.series.length, this.#countMax))
    const [start, first] = [this.#start, Math.min(this.#count, this.series.length - this.#start)]
    const unrolled = <Kind extends Doubles | Integers>(column: Kind, grown: Kind): Kind => {
      grown.set(column.subarray(start, start + first))
      grown.set(column.subarray(0, this.#count - first), first)
      return grown
    }
    this.series = unrolled(this.series, integers(length))
    this.timestamps = unrolled(this.timestamps, doubles(length))
    this.values = unrolled(this.values, doubles(length))
    this.producers = unrolled(this.producers, doubles(length))
    this.ats = unrolled(this.ats, doubles(length))
    this.writers = unrolled(this.writers, integers(length))
    this.#previous = unrolled(this.#previous, doubles(length))
    this.#start = 0
  }

  /** Forgets everything up to a position. */
  forgetUntil(position: number): void {
    if (position > this.#before) {
      this.#start = this.indexOf(position + 1)
      this.#count -= position - this.#before
      this.#before = position
    }
    if (this.#count === 0) this.#start = 0
    for (const replaced of this.#replaced.keys()) {
      if (replaced > position) break
      this.#replaced.delete(replaced)
    }
  }

  /** Forgets a series of which nothing is kept, and nothing arrives any more. */
  forgetSeries(id: SeriesId): void {
    this.#latest.delete(id)
  }

  /** Counts one more. @returns where it goes */
  #nextIndex(): number {
    const end = this.#start + this.#count++
    return end < this.series.length ? end : end - this.series.length
  }

  /** Notes which arrival of the same series was before each. */
  #link(series: Uint32Array, from: number, to: number, index: number): void {
    const previous = this.#previous
    const latest = this.#latest
    let position = this.newest
    for (let at = from; at < to; at++, index++) {
      const id = series[at]!
      previous[index] = latest.get(id)
      latest.set(id, ++position)
    }
  }
}

// Shared only because V8 does not count shared buffers: for 50 MB that stay, it would look for garbage more often.
const doubles = (length: number): Doubles => new Float64Array(new SharedArrayBuffer(length * 8))
const integers = (length: number): Integers => new Uint32Array(new SharedArrayBuffer(length * 4))
