/** Implements `SampleHead`, and with it `HistorySource`, with columns in memory. Nothing survives `close`. */
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { Series } from '../model/series.ts'
import type { TimeSpan } from '../query/query.ts'
import type { Summary } from '../aggregate/summary.ts'
import { Chunk } from './chunk.ts'
import type { SampleVisitor, Selection, SeriesId } from './history-source.ts'
import type { OnReplaced, Retention, SampleHead, StoreCounts } from './sample-head.ts'
import { SeriesSamples, type ChunkSource, type StoredChunk } from './series-samples.ts'
import { SeriesTable } from './series-table.ts'

const chunksInMemory: ChunkSource<Chunk> = { create: () => new Chunk() }

export class MemoryStore implements SampleHead {
  #table = new SeriesTable<Chunk>()

  find(series: Series): SeriesId | undefined {
    return this.#table.find(series)
  }

  intern(series: Series): SeriesId {
    return this.#table.intern(series, () => new SeriesSamples(chunksInMemory))
  }

  series(id: SeriesId): Series {
    return this.#table.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return this.#table.match(selection)
  }

  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#table.chunkFrom(id, timestamp)
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

  counts(): StoreCounts {
    return { series: this.#table.size, uncommitted: 0, sealedBytes: null }
  }

  commit(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#table = new SeriesTable()
    return Promise.resolve()
  }
}
