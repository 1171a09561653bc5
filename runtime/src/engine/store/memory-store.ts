/** Implements `SampleHead`, and with it `HistorySource`, with columns in memory. Nothing survives `close`. */
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { Series } from '../model/series.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { TimeSpan } from '../query/query.ts'
import type { Summary } from '../aggregate/summary.ts'
import { Chunk } from './chunk.ts'
import type { SampleVisitor, Selection, SeriesId } from './history-source.ts'
import type { OnReplaced, Retention, SampleHead, StoreCounts } from './sample-head.ts'
import { SeriesSamples, type ChunkSource, type StoredChunk } from './series-samples.ts'
import { SeriesTable } from './series-table.ts'

const chunksInMemory: ChunkSource<Chunk> = { create: () => new Chunk() }

export class MemoryStore implements SampleHead {
  readonly #hashSeed: number
  #table: SeriesTable<Chunk>

  /** @param hashSeed - 32 bits that senders of series do not know; changes no result */
  constructor({ hashSeed = 0 }: { readonly hashSeed?: number } = {}) {
    this.#hashSeed = hashSeed
    this.#table = new SeriesTable(hashSeed)
  }

  find(series: Series): SeriesId | undefined {
    return this.#table.find(series)
  }

  intern(series: Series): SeriesId {
    return this.#table.intern(series, (id) => new SeriesSamples(chunksInMemory, id))
  }

  labelBytesOf(series: Series): number {
    return this.#table.labelBytesOf(series)
  }

  series(id: SeriesId): Series {
    return this.#table.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return this.#table.match(selection)
  }

  matchInSteps(selection: Selection, slice: Slice): Steps<readonly SeriesId[]> {
    return this.#table.matchInSteps(selection, slice)
  }

  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#table.chunkFrom(id, timestamp)
  }

  chunkUntil(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#table.chunkUntil(id, timestamp)
  }

  append(batch: SampleBatch, onReplaced?: OnReplaced): readonly AppendRefusal[] {
    return this.#table.append(batch, onReplaced)
  }

  newest(selection: Selection, until?: Micros): Micros | undefined {
    return this.#table.newest(selection, until)
  }

  summarise(selection: Selection, span: TimeSpan | null): Summary {
    return this.#table.summarise(selection, span)
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    this.#table.select(selection, span, visit)
  }

  retain({ before }: Retention): number {
    return before === null ? 0 : this.#table.remove({ start: -timestampMicrosMax, end: before - 1 })
  }

  removeEmpty(isInUse: (id: SeriesId) => boolean): readonly SeriesId[] {
    return this.#table.removeEmpty(isInUse)
  }

  counts(): StoreCounts {
    const { size, labelBytes } = this.#table
    return { series: size, labelBytes, uncommitted: 0, sealedBytes: null }
  }

  commit(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#table = new SeriesTable(this.#hashSeed)
    return Promise.resolve()
  }
}
