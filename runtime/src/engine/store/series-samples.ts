/**
 * All samples of one series, in chunks that do not overlap and are in order of time.
 *
 * An aggregate touches the summaries of the chunks inside its span and looks at single samples in at most two, those at the edges.
 */
import type { Micros } from '../model/timestamp.ts'
import type { TimeSpan } from '../query/query.ts'
import type { CopySource } from '../aggregate/sample-runs.ts'
import type { Summary } from '../aggregate/summary.ts'
import type { SeriesId } from './history-source.ts'

/** Samples sorted by time, one per timestamp. */
export interface ChunkSamples extends CopySource {
  readonly count: number
  timestampAt(index: number): Micros
  valueAt(index: number): number
  /** Adds the samples from index `from` to before index `to` to a summary. */
  addTo(summary: Summary, from: number, to: number): void
  /** Index of the first sample at or after `timestamp`; `count` if all are earlier. */
  lowerBound(timestamp: Micros): number
}

/**
 * What a series needs from its chunks: samples sorted by time, one per timestamp, at least one. Whether they are in
 * memory (`chunk.ts`) or on disk (`durable-store/durable-chunk.ts`) is the chunk's concern.
 */
export interface SeriesChunk<Self> {
  readonly count: number
  /** Oldest timestamp. */
  readonly first: Micros
  /** Newest timestamp. */
  readonly last: Micros
  /** Whether it must be split before a sample is inserted. */
  readonly isFull: boolean
  /** Whether samples newer than `last` may be appended; otherwise they start the next chunk. */
  readonly takesNewer: boolean
  /** The samples, for reading; valid until the chunk's next change. */
  samples(): ChunkSamples
  /** Adds all samples to a summary. */
  addAllTo(summary: Summary): void
  /** Adds a sample newer than `last`. */
  append(timestamp: Micros, value: number): void
  /** Replaces the value at `timestamp` and returns the one it had; NaN, without any change, when there is no such sample. */
  replace(timestamp: Micros, value: number): number
  /** Inserts a sample at its place in time. The chunk has none at `timestamp` yet and is not full. */
  insert(timestamp: Micros, value: number): void
  /** Moves the newer half into a new chunk and returns it. */
  split(): Self
  /** Removes the samples from index `start` to before index `end`, but never all. */
  remove(start: number, end: number): void
}

/** A chunk for those who only read. */
export type StoredChunk = Pick<SeriesChunk<unknown>, 'count' | 'first' | 'last' | 'samples' | 'addAllTo'>

/** Where a series gets its chunks. */
export interface ChunkSource<Chunk> {
  /** Makes an empty chunk of a series, to which a sample is appended immediately. */
  create(series: SeriesId): Chunk
  /** Receives a chunk that left the series with all its samples. */
  discard?(chunk: Chunk): void
}

export class SeriesSamples<Chunk extends SeriesChunk<Chunk>> {
  // Never holds an empty chunk.
  readonly #chunks: Chunk[] = []
  readonly #source: ChunkSource<Chunk>
  readonly #id: SeriesId

  /**
   * @param source - shared by all series: with a hundred thousand, every object that each has is marked again and again
   * @param chunks - its first chunks, in order of time; copied
   */
  constructor(source: ChunkSource<Chunk>, id: SeriesId, chunks: readonly Chunk[] = []) {
    this.#source = source
    this.#id = id
    for (const chunk of chunks) this.#chunks.push(chunk)
  }

  /** The chunks in order of time. Owned by the series; valid until its next change. */
  get chunks(): readonly Chunk[] {
    return this.#chunks
  }

  /** Adds a sample. @returns the value that it replaces; NaN when there was none at this timestamp */
  append(timestamp: Micros, value: number): number {
    const newest = this.#chunks[this.#chunks.length - 1]
    // The usual case: newer than everything.
    if (newest === undefined || timestamp > newest.last) {
      if (newest?.takesNewer === true) {
        newest.append(timestamp, value)
      } else {
        const chunk = this.#source.create(this.#id)
        chunk.append(timestamp, value)
        this.#chunks.push(chunk)
      }
      return Number.NaN
    }
    const index = Math.max(0, this.#chunkAfter(timestamp) - 1)
    const chunk = this.#chunks[index]!
    const replaced = chunk.replace(timestamp, value)
    if (!Number.isNaN(replaced)) return replaced
    if (!chunk.isFull) {
      chunk.insert(timestamp, value)
      return Number.NaN
    }
    const newer = chunk.split()
    this.#chunks.splice(index + 1, 0, newer)
    if (timestamp < newer.first) chunk.insert(timestamp, value)
    else newer.insert(timestamp, value)
    return Number.NaN
  }

  /** The first chunk that ends at or after a timestamp. Valid until the series' next change. */
  chunkFrom(timestamp: Micros): Chunk | undefined {
    const after = this.#chunkAfter(timestamp)
    const chunk = this.#chunks[after - 1]
    return chunk !== undefined && chunk.last >= timestamp ? chunk : this.#chunks[after]
  }

  /** The last chunk that begins at or before a timestamp. Valid until the series' next change. */
  chunkUntil(timestamp: Micros): Chunk | undefined {
    return this.#chunks[this.#chunkAfter(timestamp) - 1]
  }

  /** The newest timestamp at or before `until`; `undefined` when there is none. */
  newestUntil(until: Micros): Micros | undefined {
    const chunk = this.#chunks[this.#chunkAfter(until) - 1]
    if (chunk === undefined) return undefined
    if (chunk.last <= until) return chunk.last
    const run = chunk.samples()
    return run.timestampAt(run.lowerBound(until + 1) - 1)
  }

  /** Adds all samples inside `span` (both ends inclusive) to a summary. */
  addTo(summary: Summary, span: TimeSpan): void {
    for (let index = Math.max(0, this.#chunkAfter(span.start) - 1); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!
      if (chunk.first > span.end) break
      if (chunk.last < span.start) continue
      if (chunk.first >= span.start && chunk.last <= span.end) {
        chunk.addAllTo(summary)
        continue
      }
      const run = chunk.samples()
      run.addTo(summary, run.lowerBound(span.start), run.lowerBound(span.end + 1))
    }
  }

  /** The samples inside `span`, oldest first. */
  *samples(span: TimeSpan): Generator<readonly [timestamp: Micros, value: number]> {
    for (let index = Math.max(0, this.#chunkAfter(span.start) - 1); index < this.#chunks.length; index++) {
      const chunk = this.#chunks[index]!
      if (chunk.first > span.end) return
      if (chunk.last < span.start) continue
      const run = chunk.samples()
      for (let at = run.lowerBound(span.start); at < run.count; at++) {
        if (run.timestampAt(at) > span.end) return
        yield [run.timestampAt(at), run.valueAt(at)]
      }
    }
  }

  /** Removes all samples inside `span` (both ends inclusive); returns how many. */
  remove(span: TimeSpan): number {
    const chunks = this.#chunks
    let removed = 0
    let index = Math.max(0, this.#chunkAfter(span.start) - 1)
    if (index < chunks.length && chunks[index]!.first < span.start) removed += trim(chunks[index++]!, span)
    let end = index
    while (end < chunks.length && chunks[end]!.last <= span.end) removed += chunks[end++]!.count
    for (const chunk of chunks.splice(index, end - index)) this.#source.discard?.(chunk)
    const edge = chunks[index]
    return edge === undefined ? removed : removed + trim(edge, span)
  }

  /** Removes the chunk before `chunk` from the series and returns it, if there is one and `isWanted` accepts it. */
  takePrevious(chunk: Chunk, isWanted: (previous: Chunk) => boolean): Chunk | undefined {
    const index = this.#chunkAfter(chunk.first) - 2
    const previous = this.#chunks[index]
    if (previous === undefined || !isWanted(previous)) return undefined
    this.#chunks.splice(index, 1)
    return previous
  }

  /** Index of the first chunk that starts after `timestamp`. */
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

/** Removes a chunk's samples inside `span`, which does not cover the chunk. */
function trim<Chunk extends SeriesChunk<Chunk>>(chunk: Chunk, span: TimeSpan): number {
  if (chunk.first > span.end || chunk.last < span.start) return 0
  const run = chunk.samples()
  const start = run.lowerBound(span.start)
  const end = run.lowerBound(span.end + 1)
  if (end > start) chunk.remove(start, end)
  return end - start
}
