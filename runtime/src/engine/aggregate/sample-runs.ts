/**
 * Samples of many series, series after series, on their way to who needs them in order of time. Collecting them costs
 * the collector a copy; the order is the business of the receiver, which may be on another thread.
 */
import { grownColumn } from '../model/columns.ts'

/** Columns of the same length. */
export interface SampleColumns {
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
}

/** Structured-cloneable; the buffers of the blocks may be transferred. */
export interface SampleRuns {
  /** How many samples each series has. */
  readonly counts: Uint32Array
  /** The samples of all series, one after the other, each oldest first: cut anywhere. */
  readonly blocks: readonly SampleColumns[]
}

/** What samples are copied from. */
export interface CopySource {
  /** Copies the samples from index `from` to before index `to` into columns, from index `at` on. */
  copyTo(target: SampleColumns, at: number, from: number, to: number): void
}

/** Small enough that making one is no pause, large enough that there are few. */
const blockSamplesMax = 65_536

/** Collects runs. */
export class SampleRunsBuilder {
  readonly #counts: number[] = []
  readonly #blocks: SampleColumns[] = []
  #block: SampleColumns = { timestamps: new Float64Array(16), values: new Float64Array(16) }
  #filled = 0
  #count = 0

  /** Adds a sample of the present series. */
  add(timestamp: number, value: number): void {
    if (this.#filled === this.#block.values.length) this.#makeRoom()
    this.#block.timestamps[this.#filled] = timestamp
    this.#block.values[this.#filled++] = value
    this.#count++
  }

  /** Adds the samples of a source from index `from` to before index `to` to the present series. */
  addAll(source: CopySource, from: number, to: number): void {
    for (let start = from; start < to;) {
      if (this.#filled === this.#block.values.length) this.#makeRoom()
      const end = Math.min(to, start + this.#block.values.length - this.#filled)
      source.copyTo(this.#block, this.#filled, start, end)
      this.#filled += end - start
      this.#count += end - start
      start = end
    }
  }

  /** Ends the present series, and begins the next. @returns whether it has samples, and so a run */
  endSeries(): boolean {
    const hasSamples = this.#count > 0
    if (hasSamples) this.#counts.push(this.#count)
    this.#count = 0
    return hasSamples
  }

  /** What was collected; no call may follow. */
  take(): SampleRuns {
    const { timestamps, values } = this.#block
    const last = { timestamps: timestamps.slice(0, this.#filled), values: values.slice(0, this.#filled) }
    return { counts: Uint32Array.from(this.#counts), blocks: [...this.#blocks, last] }
  }

  #makeRoom(): void {
    const { timestamps, values } = this.#block
    if (values.length < blockSamplesMax) {
      this.#block = { timestamps: grownColumn(timestamps), values: grownColumn(values) }
      return
    }
    this.#blocks.push(this.#block)
    this.#block = { timestamps: new Float64Array(blockSamplesMax), values: new Float64Array(blockSamplesMax) }
    this.#filled = 0
  }
}

/**
 * Runs that were collected together, apart again. The parts share the columns.
 *
 * @param runCounts - how many runs each part has, in their order
 */
export function splitRuns({ counts, blocks }: SampleRuns, runCounts: Uint32Array): SampleRuns[] {
  const { timestamps, values } = joined(blocks)
  let [run, sample] = [0, 0]
  return Array.from(runCounts, (runCount) => {
    const ofPart = counts.subarray(run, run + runCount)
    run += runCount
    const start = sample
    for (const count of ofPart) sample += count
    const block = { timestamps: timestamps.subarray(start, sample), values: values.subarray(start, sample) }
    return { counts: ofPart, blocks: [block] }
  })
}

/** All samples, oldest first; equal timestamps in the order of their series. */
export function mergeRuns({ counts, blocks }: SampleRuns): SampleColumns {
  let from = joined(blocks)
  if (counts.length < 2) return from
  let to: SampleColumns = {
    timestamps: new Float64Array(from.values.length),
    values: new Float64Array(from.values.length),
  }
  let lengths: ArrayLike<number> = counts
  // Neighbours are merged, until one run is left.
  while (lengths.length > 1) {
    const merged: number[] = []
    let start = 0
    for (let run = 0; run < lengths.length; run += 2) {
      const middle = start + lengths[run]!
      const end = middle + (lengths[run + 1] ?? 0)
      mergeTwo(from, to, start, middle, end)
      merged.push(end - start)
      start = end
    }
    ;[from, to] = [to, from]
    lengths = merged
  }
  return from
}

function mergeTwo(from: SampleColumns, to: SampleColumns, start: number, middle: number, end: number): void {
  let left = start
  let right = middle
  for (let at = start; at < end; at++) {
    const isLeft = left < middle && (right === end || from.timestamps[left]! <= from.timestamps[right]!)
    const source = isLeft ? left++ : right++
    to.timestamps[at] = from.timestamps[source]!
    to.values[at] = from.values[source]!
  }
}

function joined(blocks: readonly SampleColumns[]): SampleColumns {
  if (blocks.length === 1) return blocks[0]!
  const count = blocks.reduce((sum, { values }) => sum + values.length, 0)
  const all = { timestamps: new Float64Array(count), values: new Float64Array(count) }
  let at = 0
  for (const { timestamps, values } of blocks) {
    all.timestamps.set(timestamps, at)
    all.values.set(values, at)
    at += values.length
  }
  return all
}
