/**
 * The records of the journal, in the order in which they are replayed: one series after the other, so that a chunk that
 * has to be read is read once. Samples of different series do not affect each other.
 *
 * A sealed chunk says which records it has: what they say about its span of time is left out, so replaying takes as
 * long as what is in no chunk.
 */
import type { Micros } from '../../engine/model/timestamp.ts'
import { grownColumn } from '../../engine/model/columns.ts'
import type { TimeSpan } from '../../engine/query/query.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import type { SealedChunk } from './chunk-bytes.ts'
import type { JournalRecord } from './journal-record.ts'

/** What the entries of a series do, in order. */
export interface ReplayTarget {
  /** The entries until the next call are from this record. */
  startRecord(sequence: number): void
  append(series: SeriesId, timestamp: Micros, value: number): void
  remove(series: SeriesId, span: TimeSpan): void
}

const capacityMin = 1024

export class ReplayPlan {
  readonly #allSeries: readonly SeriesId[]
  // An entry is a sample (timestamp, value) or a removal (first, last).
  #series = new Uint32Array(capacityMin)
  #sequences = new Float64Array(capacityMin)
  #timestamps = new Float64Array(capacityMin)
  #values = new Float64Array(capacityMin)
  #isRemoval = new Uint8Array(capacityMin)
  #count = 0

  /** @param allSeries - what a removal that is about all series concerns */
  constructor(allSeries: readonly SeriesId[]) {
    this.#allSeries = allSeries
  }

  /** Adds the next record. @returns how many samples or removals it has */
  add(sequence: number, record: JournalRecord): number {
    if (record.kind === 'samples') {
      const { series, timestamps, values } = record.columns
      this.#reserve(series.length)
      this.#series.set(series, this.#count)
      this.#timestamps.set(timestamps, this.#count)
      this.#values.set(values, this.#count)
      this.#sequences.fill(sequence, this.#count, this.#count + series.length)
      this.#count += series.length
      return series.length
    }
    for (const removal of record.removals) {
      if (removal.series === null) {
        for (const id of this.#allSeries) this.#addRemoval(sequence, id, removal.first, removal.last)
      } else this.#addRemoval(sequence, removal.series, removal.first, removal.last)
    }
    return record.removals.length
  }

  /**
   * @param chunksOf - the sealed chunks of a series, in order of time, as they were before the replay; `undefined` for
   *   one that is removed: what the journal says about it is left out
   */
  replay(chunksOf: (series: SeriesId) => readonly SealedChunk[] | undefined, target: ReplayTarget): void {
    const order = this.#bySeries()
    const isObsolete = this.#findObsolete(order)
    for (const index of order) {
      if (isObsolete[index] === 1) continue
      const series = this.#series[index]!
      const sequence = this.#sequences[index]!
      const timestamp = this.#timestamps[index]!
      const value = this.#values[index]!
      const chunks = chunksOf(series)
      if (chunks === undefined) continue
      if (this.#isRemoval[index] === 1) {
        const gaps = uncovered(chunks, sequence, { start: timestamp, end: value })
        if (gaps.length === 0) continue
        target.startRecord(sequence)
        for (const gap of gaps) target.remove(series, gap)
      } else if (!isCovered(chunks, sequence, timestamp)) {
        target.startRecord(sequence)
        target.append(series, timestamp, value)
      }
    }
  }

  #addRemoval(sequence: number, series: SeriesId, first: Micros, last: Micros): void {
    this.#reserve(1)
    this.#series[this.#count] = series
    this.#timestamps[this.#count] = first
    this.#values[this.#count] = last
    this.#sequences[this.#count] = sequence
    this.#isRemoval[this.#count] = 1
    this.#count++
  }

  #reserve(more: number): void {
    const needed = this.#count + more
    if (needed <= this.#series.length) return
    this.#series = grownColumn(this.#series, needed)
    this.#sequences = grownColumn(this.#sequences, needed)
    this.#timestamps = grownColumn(this.#timestamps, needed)
    this.#values = grownColumn(this.#values, needed)
    this.#isRemoval = grownColumn(this.#isRemoval, needed)
  }

  /** Marks the samples that a later removal removes: adding them would change chunks for nothing. */
  #findObsolete(order: Uint32Array): Uint8Array {
    const isObsolete = new Uint8Array(this.#count)
    let series: SeriesId | undefined
    let removals: TimeSpan[] = []
    for (let at = order.length - 1; at >= 0; at--) {
      const index = order[at]!
      if (this.#series[index] !== series) removals = []
      series = this.#series[index]
      const timestamp = this.#timestamps[index]!
      if (this.#isRemoval[index] === 1) removals.push({ start: timestamp, end: this.#values[index]! })
      else if (removals.some(({ start, end }) => timestamp >= start && timestamp <= end)) isObsolete[index] = 1
    }
    return isObsolete
  }

  /** A counting sort: the indexes of the entries, by series, each series in order. */
  #bySeries(): Uint32Array {
    let end = 0
    for (let index = 0; index < this.#count; index++) end = Math.max(end, this.#series[index]! + 1)
    const next = new Uint32Array(end + 1)
    for (let index = 0; index < this.#count; index++) next[this.#series[index]! + 1]!++
    for (let id = 0; id < end; id++) next[id + 1]! += next[id]!
    const order = new Uint32Array(this.#count)
    for (let index = 0; index < this.#count; index++) order[next[this.#series[index]!]!++] = index
    return order
  }
}

function isCovered(chunks: readonly SealedChunk[], sequence: number, timestamp: Micros): boolean {
  const chunk = chunks[chunkAfter(chunks, timestamp) - 1]
  return chunk !== undefined && timestamp <= chunk.last && sequence < chunk.coveredBefore
}

/** The parts of a span that are in no chunk that has the record. */
function uncovered(chunks: readonly SealedChunk[], sequence: number, span: TimeSpan): TimeSpan[] {
  const gaps: TimeSpan[] = []
  let { start } = span
  for (let index = Math.max(0, chunkAfter(chunks, start) - 1); index < chunks.length; index++) {
    const { first, last, coveredBefore } = chunks[index]!
    if (first > span.end) break
    if (last < start || sequence >= coveredBefore) continue
    if (first > start) gaps.push({ start, end: first - 1 })
    start = last + 1
  }
  if (start <= span.end) gaps.push({ start, end: span.end })
  return gaps
}

/** Index of the first chunk that starts after `timestamp`. */
function chunkAfter(chunks: readonly SealedChunk[], timestamp: Micros): number {
  let low = 0
  let high = chunks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (chunks[middle]!.first <= timestamp) low = middle + 1
    else high = middle
  }
  return low
}
