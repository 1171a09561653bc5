/**
 * Which series concern a workflow: how many of its queries select each. So a sample costs a look at a number, however
 * many queries there are, and a query costs a look at the index of the store.
 */
import { selects } from '../live/subscriptions.ts'
import { grownColumn } from '../model/columns.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { Query } from '../query/query.ts'
import type { SeriesId } from '../store/history-source.ts'
import type { SampleHead } from '../store/sample-head.ts'

export class ConcernedSeries {
  readonly #store: Pick<SampleHead, 'series' | 'counts' | 'matchInSteps'>
  readonly #queries = new Map<number, Query>()
  /** By id. Series from `#countedEnd` on are counted when one of them is asked about. */
  #counts: Uint32Array<ArrayBuffer> = new Uint32Array(16)
  #countedEnd = 0

  constructor(store: Pick<SampleHead, 'series' | 'counts' | 'matchInSteps'>) {
    this.#store = store
  }

  /** Whether any query selects a series. */
  has(id: SeriesId): boolean {
    if (id >= this.#countedEnd) this.#countUntil(id + 1)
    return this.#counts[id]! > 0
  }

  /** Adds a query, with the last step. @returns the series that it selects, of those that were there at the first step */
  *add(handle: number, query: Query, slice: Slice): Steps<readonly SeriesId[]> {
    const ids = yield* this.#change(query, 1, slice)
    this.#queries.set(handle, query)
    return ids
  }

  /** Removes a query, with the last step. */
  *remove(handle: number, slice: Slice): Steps<void> {
    const query = this.#queries.get(handle)
    if (query === undefined) return
    yield* this.#change(query, -1, slice)
    this.#queries.delete(handle)
  }

  *#change(query: Query, by: 1 | -1, slice: Slice): Steps<readonly SeriesId[]> {
    const matchedEnd = this.#store.counts().series
    const ids = yield* this.#store.matchInSteps({ names: query.series, tags: query.tags }, slice)
    // From here on, in one step: a sample in between would find half of it.
    this.#countUntil(this.#store.counts().series)
    for (const id of ids) if (id < matchedEnd) this.#counts[id]! += by
    for (let id = matchedEnd; id < this.#countedEnd; id++) {
      if (selects(query, this.#store.series(id))) this.#counts[id]! += by
    }
    return ids
  }

  #countUntil(end: SeriesId): void {
    if (end <= this.#countedEnd) return
    if (end > this.#counts.length) this.#counts = grownColumn(this.#counts, end)
    for (let id = this.#countedEnd; this.#queries.size > 0 && id < end; id++) {
      const series = this.#store.series(id)
      for (const query of this.#queries.values()) if (selects(query, series)) this.#counts[id]!++
    }
    this.#countedEnd = end
  }
}
