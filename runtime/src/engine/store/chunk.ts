/**
 * A run of samples of one series in two columns, sorted by time, one sample per timestamp, with its summary.
 *
 * The summary covers a prefix and is extended on demand, so neither appending nor asking twice costs anything.
 */
import type { SampleColumns } from '../aggregate/sample-runs.ts'
import { Summary } from '../aggregate/summary.ts'
import { grownColumn } from '../model/columns.ts'
import type { Micros } from '../model/timestamp.ts'
import type { ChunkSamples, SeriesChunk } from './series-samples.ts'

/** Small enough to shift samples in place, large enough that summaries are rare. */
const samplesMaxDefault = 1024

/** V8 keeps an array of up to 64 bytes inside the heap, and makes a buffer for it only when it is asked for one. */
const capacityMin = 8

/** Adding so few costs no more than adding their summary, and a summary is five objects. */
const addedMax = 16

/** Samples in two arrays of the same length. */
export type Columns = SampleColumns

export class Chunk implements SeriesChunk<Chunk> {
  readonly #samplesMax: number
  #timestamps: Float64Array<ArrayBuffer>
  #values: Float64Array<ArrayBuffer>
  #count: number
  #summary: Summary | undefined
  /** How many of the samples, from the first, `#summary` covers. */
  #summarized = 0

  /**
   * @param samplesMax - the number at which the chunk is full
   * @param columns - its first samples, sorted by time, at most `samplesMax`; the chunk takes ownership
   */
  constructor(samplesMax: number = samplesMaxDefault, columns?: Columns) {
    this.#samplesMax = samplesMax
    this.#timestamps = columns?.timestamps ?? new Float64Array(capacityMin)
    this.#values = columns?.values ?? new Float64Array(capacityMin)
    this.#count = columns?.timestamps.length ?? 0
  }

  get count(): number {
    return this.#count
  }

  /** Oldest timestamp; the chunk must not be empty. */
  get first(): Micros {
    return this.#timestamps[0]!
  }

  /** Newest timestamp; the chunk must not be empty. */
  get last(): Micros {
    return this.#timestamps[this.#count - 1]!
  }

  get isFull(): boolean {
    return this.#count >= this.#samplesMax
  }

  get takesNewer(): boolean {
    return !this.isFull
  }

  samples(): ChunkSamples {
    return this
  }

  timestampAt(index: number): Micros {
    return this.#timestamps[index]!
  }

  valueAt(index: number): number {
    return this.#values[index]!
  }

  addTo(summary: Summary, from: number, to: number): void {
    summary.addColumn(this.#values, from, to)
  }

  copyTo(target: SampleColumns, at: number, from: number, to: number): void {
    if (this.#timestamps.length > capacityMin) {
      target.timestamps.set(this.#timestamps.subarray(from, to), at)
      target.values.set(this.#values.subarray(from, to), at)
      return
    }
    // A subarray would ask for a buffer.
    for (let index = from; index < to; index++) {
      target.timestamps[at + index - from] = this.#timestamps[index]!
      target.values[at + index - from] = this.#values[index]!
    }
  }

  /** Index of the first sample at or after `timestamp`; `count` if all are earlier. */
  lowerBound(timestamp: Micros): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timestamps[middle]! < timestamp) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds a sample newer than `last`. */
  append(timestamp: Micros, value: number): void {
    if (this.#count === this.#timestamps.length) this.#grow()
    this.#timestamps[this.#count] = timestamp
    this.#values[this.#count] = value
    this.#count++
  }

  /** Replaces the value at `timestamp` and returns the one it had; NaN, without any change, when there is no such sample. */
  replace(timestamp: Micros, value: number): number {
    const index = this.lowerBound(timestamp)
    if (index === this.#count || this.#timestamps[index] !== timestamp) return Number.NaN
    this.#forgetSummary(index)
    const replaced = this.#values[index]!
    this.#values[index] = value
    return replaced
  }

  /** Inserts a sample at its place in time. The chunk has none at `timestamp` yet and is not full. */
  insert(timestamp: Micros, value: number): void {
    const index = this.lowerBound(timestamp)
    this.#forgetSummary(index)
    if (this.#count === this.#timestamps.length) this.#grow()
    this.#timestamps.copyWithin(index + 1, index, this.#count)
    this.#values.copyWithin(index + 1, index, this.#count)
    this.#timestamps[index] = timestamp
    this.#values[index] = value
    this.#count++
  }

  /** Moves the newer half into a new chunk and returns it. */
  split(): Chunk {
    const middle = this.#count >>> 1
    const newer = new Chunk(this.#samplesMax, this.columns(middle))
    this.#forgetSummary(middle)
    this.#count = middle
    return newer
  }

  /** Removes the samples from index `start` to before index `end`. */
  remove(start: number, end: number): void {
    this.#timestamps.copyWithin(start, end, this.#count)
    this.#values.copyWithin(start, end, this.#count)
    this.#forgetSummary(start)
    this.#count -= end - start
  }

  /** A copy of the samples from index `start` on. */
  columns(start = 0): Columns {
    return {
      timestamps: this.#timestamps.slice(start, this.#count),
      values: this.#values.slice(start, this.#count),
    }
  }

  /** Adds all samples to a summary. */
  addAllTo(summary: Summary): void {
    if (this.#count <= addedMax) {
      summary.addColumn(this.#values, 0, this.#count)
      return
    }
    const own = (this.#summary ??= new Summary())
    if (this.#summarized < this.#count) own.addColumn(this.#values, this.#summarized, this.#count)
    this.#summarized = this.#count
    summary.addSummary(own)
  }

  #forgetSummary(from: number): void {
    if (from >= this.#summarized) return
    this.#summary = undefined
    this.#summarized = 0
  }

  #grow(): void {
    this.#timestamps = grownColumn(this.#timestamps, capacityMin, this.#samplesMax)
    this.#values = grownColumn(this.#values, capacityMin, this.#samplesMax)
  }
}
