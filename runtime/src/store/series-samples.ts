/**
 * All samples of one series: chunks in order of time that do not overlap.
 *
 * An aggregate touches the summaries of the chunks inside its span and looks at single samples in at most two, those at the edges.
 */
import type { Micros } from '../model/timestamp.ts'
import type { TimeSpan } from '../query/query.ts'
import type { Summary } from '../query/summary.ts'
import { Chunk, chunkSamplesMax } from './chunk.ts'

export class SeriesSamples {
  // Never holds an empty chunk.
  readonly #chunks: Chunk[] = []

  /** Newest timestamp, or `undefined` without samples. */
  get newest(): Micros | undefined {
    return this.#chunks.at(-1)?.last
  }

  append(timestamp: Micros, value: number): void {
    const newest = this.#chunks.at(-1)
    // The usual case: newer than everything.
    if (newest === undefined || timestamp > newest.last) {
      if (newest !== undefined && newest.count < chunkSamplesMax) {
        newest.append(timestamp, value)
      } else {
        const chunk = new Chunk()
        chunk.append(timestamp, value)
        this.#chunks.push(chunk)
      }
      return
    }
    let index = Math.max(0, this.#chunkAfter(timestamp) - 1)
    let chunk = this.#chunks[index]!
    if (chunk.count === chunkSamplesMax) {
      const newer = chunk.split()
      this.#chunks.splice(index + 1, 0, newer)
      if (timestamp >= newer.first) {
        index++
        chunk = newer
      }
    }
    chunk.put(timestamp, value)
  }

  /** Adds all samples inside `span` (both ends inclusive) to a summary. */
  addTo(summary: Summary, span: TimeSpan): void {
    for (let index = Math.max(0, this.#chunkAfter(span.start) - 1); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!
      if (chunk.first > span.end) break
      if (chunk.first >= span.start && chunk.last <= span.end) {
        summary.addSummary(chunk.summary())
        continue
      }
      for (let at = chunk.lowerBound(span.start); at < chunk.count && chunk.timestampAt(at) <= span.end; at++) {
        summary.add(chunk.valueAt(at))
      }
    }
  }

  /** The samples inside `span`, oldest first. */
  *samples(span: TimeSpan): Generator<readonly [timestamp: Micros, value: number]> {
    for (let index = Math.max(0, this.#chunkAfter(span.start) - 1); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!
      for (let at = chunk.lowerBound(span.start); at < chunk.count; at++) {
        if (chunk.timestampAt(at) > span.end) return
        yield [chunk.timestampAt(at), chunk.valueAt(at)]
      }
    }
  }

  /** Removes samples older than `before`; returns how many. */
  retain(before: Micros): number {
    let removed = 0
    let whole = 0
    for (; whole < this.#chunks.length && this.#chunks[whole]!.last < before; whole++) {
      removed += this.#chunks[whole]!.count
    }
    this.#chunks.splice(0, whole)
    const edge = this.#chunks[0]
    const count = edge?.lowerBound(before) ?? 0
    if (count > 0) edge!.dropOldest(count)
    return removed + count
  }

  /** Index of the first chunk that begins after `timestamp`. */
  #chunkAfter(timestamp: Micros): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#chunks[middle]!.first <= timestamp) low = middle + 1
      else high = middle
    }
    return low
  }
}
