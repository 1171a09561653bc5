/** Implements `SampleStore` with columns in memory. Nothing survives `close`. */
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { Series } from '../model/series.ts'
import type { TimeSpan } from '../query/query.ts'
import { Summary } from '../query/summary.ts'
import type { SampleStore, SampleVisitor, Selection, SeriesId } from './sample-store.ts'
import { SeriesIndex } from './series-index.ts'
import { Chunk } from './chunk.ts'
import { SeriesSamples, type ChunkSource } from './series-samples.ts'
import { visitMerged } from './visit-merged.ts'

const allTime: TimeSpan = { start: -timestampMicrosMax, end: timestampMicrosMax }
const chunksInMemory: ChunkSource<Chunk> = { create: () => new Chunk() }

export class MemoryStore implements SampleStore {
  readonly #index = new SeriesIndex()
  readonly #samples: SeriesSamples<Chunk>[] = []

  get seriesCount(): number {
    return this.#index.size
  }

  find(series: Series): SeriesId | undefined {
    return this.#index.find(series)
  }

  intern(series: Series): SeriesId {
    const id = this.#index.intern(series)
    if (id === this.#samples.length) this.#samples.push(new SeriesSamples(chunksInMemory))
    return id
  }

  series(id: SeriesId): Series {
    return this.#index.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return this.#index.match(selection)
  }

  append(series: SeriesId, timestamp: Micros, value: number): void {
    this.#samples[series]!.append(timestamp, value)
  }

  newest(selection: Selection): Micros | undefined {
    let newest: Micros | undefined
    for (const id of this.match(selection)) {
      const candidate = this.#samples[id]!.newest
      if (candidate !== undefined && (newest === undefined || candidate > newest)) newest = candidate
    }
    return newest
  }

  aggregate(selection: Selection, span: TimeSpan | null): Summary {
    const summary = new Summary()
    for (const id of this.match(selection)) this.#samples[id]!.addTo(summary, span ?? allTime)
    return summary
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    const runs = this.match(selection).map((id) => ({ id, samples: this.#samples[id]!.samples(span ?? allTime) }))
    visitMerged(runs, visit)
  }

  retain(before: Micros): number {
    let removed = 0
    for (const samples of this.#samples) removed += samples.remove({ start: -timestampMicrosMax, end: before - 1 })
    return removed
  }

  get uncommittedCount(): number {
    return 0
  }

  commit(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    this.#samples.length = 0
    return Promise.resolve()
  }
}
