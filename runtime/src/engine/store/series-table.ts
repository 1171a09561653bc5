/** All series of a store with their samples, and how a selection of them is read; shared by the stores. */
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import type { TimeSpan } from '../query/query.ts'
import { Summary } from '../aggregate/summary.ts'
import type { SampleVisitor, Selection, SeriesId } from './history-source.ts'
import { SeriesIndex } from './series-index.ts'
import type { OnReplaced } from './sample-head.ts'
import type { SeriesChunk, SeriesSamples, StoredChunk } from './series-samples.ts'
import { visitMerged } from './visit-merged.ts'

const noRefusals: readonly AppendRefusal[] = []

const allTime: TimeSpan = { start: -timestampMicrosMax, end: timestampMicrosMax }

/** Its reads keep the contracts of `HistorySource` and `SampleHead`. */
export class SeriesTable<Chunk extends SeriesChunk<Chunk>> {
  readonly #index = new SeriesIndex()
  readonly #samples: SeriesSamples<Chunk>[] = []

  get size(): number {
    return this.#index.size
  }

  /** The samples of every series, by id. Owned by the table. */
  get samples(): readonly SeriesSamples<Chunk>[] {
    return this.#samples
  }

  find(series: Series): SeriesId | undefined {
    return this.#index.find(series)
  }

  /** The id of a series. @param create - makes the samples of a new series */
  intern(series: Series, create: (id: SeriesId) => SeriesSamples<Chunk>): SeriesId {
    const id = this.#index.intern(series)
    if (id === this.#samples.length) this.#samples.push(create(id))
    return id
  }

  series(id: SeriesId): Series {
    return this.#index.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return this.#index.match(selection)
  }

  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#samples[id]!.chunkFrom(timestamp)
  }

  /** @returns the samples whose chunk cannot be read, ascending by index */
  append({ count, series, timestamps, values }: SampleBatch, onReplaced?: OnReplaced): readonly AppendRefusal[] {
    let refusals = noRefusals
    for (let index = 0; index < count; index++) {
      try {
        for (; index < count; index++) {
          const replaced = this.#samples[series[index]!]!.append(timestamps[index]!, values[index]!)
          if (!Number.isNaN(replaced)) onReplaced?.(index, replaced)
        }
      } catch (error) {
        if (!(error instanceof SlungError)) throw error
        refusals = [...refusals, { index, error }]
      }
    }
    return refusals
  }

  newest(selection: Selection, until: Micros = timestampMicrosMax): Micros | undefined {
    let newest: Micros | undefined
    for (const id of this.match(selection)) {
      const candidate = this.#samples[id]!.newestUntil(until)
      if (candidate !== undefined && (newest === undefined || candidate > newest)) newest = candidate
    }
    return newest
  }

  summarise(selection: Selection, span: TimeSpan | null): Summary {
    const summary = new Summary()
    for (const id of this.match(selection)) this.#samples[id]!.addTo(summary, span ?? allTime)
    return summary
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    const runs = this.match(selection).map((id) => ({ id, samples: this.#samples[id]!.samples(span ?? allTime) }))
    visitMerged(runs, visit)
  }

  /** Removes all samples of all series inside `span` (both ends inclusive); returns how many. */
  remove(span: TimeSpan): number {
    let removed = 0
    for (const samples of this.#samples) removed += samples.remove(span)
    return removed
  }
}
