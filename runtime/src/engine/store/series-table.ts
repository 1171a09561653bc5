/** All series of a store with their samples, and how a selection of them is read; shared by the stores. */
import { assert } from '../model/assert.ts'
import { endless, finish, type Slice, type Steps } from '../model/steps.ts'
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import { IdTable } from '../model/id-table.ts'
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
  readonly #index: SeriesIndex
  readonly #samples = new IdTable<SeriesSamples<Chunk>>()

  /** @param hashSeed - as in `SeriesIndex` */
  constructor(hashSeed: number) {
    this.#index = new SeriesIndex(hashSeed)
  }

  get size(): number {
    return this.#index.size
  }

  /** The id for the next new series. */
  get nextId(): SeriesId {
    return this.#index.nextId
  }

  /** As in `SeriesIndex`. */
  get labelBytes(): number {
    return this.#index.labelBytes
  }

  /** As in `SeriesIndex`. */
  labelBytesOf(series: Series): number {
    return this.#index.labelBytesOf(series)
  }

  /** The samples of a series that is not removed. Owned by the table. */
  samplesOf(id: SeriesId): SeriesSamples<Chunk> {
    const samples = this.#samples.get(id)
    assert(samples !== undefined, `series id ${id} was returned by intern, and is not removed`)
    return samples
  }

  /** The samples of every series, ascending by id. Owned by the table. */
  *allSamples(): Generator<SeriesSamples<Chunk>> {
    for (const [, samples] of this.#samples.entries()) yield samples
  }

  find(series: Series): SeriesId | undefined {
    return this.#index.find(series)
  }

  /** The id of a series. @param create - makes the samples of a new series */
  intern(series: Series, create: (id: SeriesId) => SeriesSamples<Chunk>): SeriesId {
    const known = this.#index.find(series)
    if (known !== undefined) return known
    const id = this.#index.nextId
    this.add(id, series, create(id))
    return id
  }

  /** Adds a series that `find` does not know. @param id - greater than all before */
  add(id: SeriesId, series: Series, samples: SeriesSamples<Chunk>): void {
    this.#index.add(id, series)
    this.#samples.set(id, samples)
  }

  /** Removes the series that have no samples. @returns their ids, which are not used again */
  removeEmpty(isInUse: (id: SeriesId) => boolean): readonly SeriesId[] {
    const removed: SeriesId[] = []
    for (const [id, { chunks }] of this.#samples.entries()) {
      if (chunks.length === 0 && !isInUse(id)) removed.push(id)
    }
    if (removed.length === 0) return removed
    this.#index.remove(removed)
    for (const id of removed) this.#samples.delete(id)
    return removed
  }

  series(id: SeriesId): Series {
    return this.#index.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return finish(this.#index.match(selection, endless))
  }

  matchInSteps(selection: Selection, slice: Slice): Steps<readonly SeriesId[]> {
    return this.#index.match(selection, slice)
  }

  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#samples.get(id)?.chunkFrom(timestamp)
  }

  chunkUntil(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#samples.get(id)?.chunkUntil(timestamp)
  }

  /** @returns the samples whose chunk cannot be read, ascending by index */
  append({ count, series, timestamps, values }: SampleBatch, onReplaced?: OnReplaced): readonly AppendRefusal[] {
    let refusals = noRefusals
    for (let index = 0; index < count; index++) {
      try {
        for (; index < count; index++) {
          const replaced = this.#samples.get(series[index]!)!.append(timestamps[index]!, values[index]!)
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
      const candidate = this.samplesOf(id).newestUntil(until)
      if (candidate !== undefined && (newest === undefined || candidate > newest)) newest = candidate
    }
    return newest
  }

  summarise(selection: Selection, span: TimeSpan | null): Summary {
    const summary = new Summary()
    for (const id of this.match(selection)) this.samplesOf(id).addTo(summary, span ?? allTime)
    return summary
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    const runs = this.match(selection).map((id) => ({ id, samples: this.samplesOf(id).samples(span ?? allTime) }))
    visitMerged(runs, visit)
  }

  /** Removes all samples of all series inside `span` (both ends inclusive); returns how many. */
  remove(span: TimeSpan): number {
    let removed = 0
    for (const samples of this.allSamples()) removed += samples.remove(span)
    return removed
  }
}
