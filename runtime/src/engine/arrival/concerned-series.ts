/**
 * Which series concern a workflow: how many of its queries select each. So a sample costs a look at a number, however
 * many queries there are, and a query costs a look at the index of the store.
 */
import { selects } from '../live/subscriptions.ts'
import { IdTable } from '../model/id-table.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { Query } from '../query/query.ts'
import type { SeriesId } from '../store/history-source.ts'
import type { SampleHead } from '../store/sample-head.ts'

export class ConcernedSeries {
  readonly #store: Pick<SampleHead, 'series' | 'matchInSteps'>
  readonly #queries = new Set<Query>()
  /** By id, of the series that were asked about. */
  readonly #counts = new IdTable<number>()
  /** For each change that is not done: the series that were first asked about since it began. */
  readonly #newcomers = new Set<Set<SeriesId>>()

  constructor(store: Pick<SampleHead, 'series' | 'matchInSteps'>) {
    this.#store = store
  }

  /** Whether any query selects a series, which is not removed. */
  has(id: SeriesId): boolean {
    return (this.#counts.get(id) ?? this.#count(id)) > 0
  }

  /** Adds a query, with the last step. @returns the series that it selects, of those that were there at the first step */
  *add(query: Query, slice: Slice): Steps<readonly SeriesId[]> {
    return yield* this.#change(query, 1, slice)
  }

  /** Removes a query, with the last step. */
  *remove(query: Query, slice: Slice): Steps<void> {
    yield* this.#change(query, -1, slice)
  }

  /** Forgets series that are removed. */
  forget(ids: readonly SeriesId[]): void {
    for (const id of ids) {
      this.#counts.delete(id)
      for (const newcomers of this.#newcomers) newcomers.delete(id)
    }
  }

  *#change(query: Query, by: 1 | -1, slice: Slice): Steps<readonly SeriesId[]> {
    const newcomers = new Set<SeriesId>()
    this.#newcomers.add(newcomers)
    try {
      const ids = yield* this.#store.matchInSteps({ names: query.series, tags: query.tags }, slice)
      // From here on, in one step: a sample in between would find half of it.
      for (const id of ids) {
        newcomers.delete(id)
        this.#adjust(id, by)
      }
      for (const id of newcomers) if (selects(query, this.#store.series(id))) this.#adjust(id, by)
      if (by === 1) this.#queries.add(query)
      else this.#queries.delete(query)
      return ids
    } finally {
      this.#newcomers.delete(newcomers)
    }
  }

  #adjust(id: SeriesId, by: 1 | -1): void {
    const count = this.#counts.get(id)
    if (count !== undefined) this.#counts.set(id, count + by)
  }

  #count(id: SeriesId): number {
    const series = this.#store.series(id)
    let count = 0
    for (const query of this.#queries) if (selects(query, series)) count++
    this.#counts.set(id, count)
    for (const newcomers of this.#newcomers) newcomers.add(id)
    return count
  }
}
