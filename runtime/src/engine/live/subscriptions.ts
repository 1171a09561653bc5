/** Which subscriptions a sample concerns: looked up once per series, so that a sample costs a look at a list. */
import { IdTable } from '../model/id-table.ts'
import type { Series } from '../model/series.ts'
import { matchesTags } from '../query/match-tags.ts'
import type { Query } from '../query/query.ts'
import type { AggregateGroup } from './aggregate-group.ts'
import type { SharedAggregate } from './shared-aggregate.ts'

const nothing: readonly never[] = []

export class Subscriptions {
  readonly #seriesOf: (id: number) => Series
  readonly #all = new Set<SharedAggregate>()
  /** By the id of a series; `undefined` until it is first looked up. */
  readonly #bySeries = new IdTable<AggregateGroup[]>()

  /** @param seriesOf - the series of an id that `concerning` is called with */
  constructor(seriesOf: (id: number) => Series) {
    this.#seriesOf = seriesOf
  }

  /** All of them, in the order in which they were added. */
  get all(): Iterable<SharedAggregate> {
    return this.#all
  }

  add(subscription: SharedAggregate): void {
    this.#all.add(subscription)
    for (const [id, list] of this.#bySeries.entries()) {
      const series = this.#seriesOf(id)
      if (selects(subscription.query, series)) list.push(subscription.groupOf(series.tags))
    }
  }

  delete(subscription: SharedAggregate): void {
    if (!this.#all.delete(subscription)) return
    for (const [id, list] of this.#bySeries.entries()) {
      if (!list.some(({ source }) => source === subscription)) continue
      this.#bySeries.set(
        id,
        list.filter(({ source }) => source !== subscription),
      )
    }
  }

  /** Forgets a series of which there will be no sample any more. */
  forget(series: number): void {
    this.#bySeries.delete(series)
  }

  /** The groups that a sample of this series concerns, in the order of their subscriptions. Valid until the next change. */
  concerning(series: number): readonly AggregateGroup[] {
    return this.#all.size === 0 ? nothing : (this.#bySeries.get(series) ?? this.#lookUp(series))
  }

  #lookUp(id: number): readonly AggregateGroup[] {
    const series = this.#seriesOf(id)
    const found = [...this.#all]
      .filter(({ query }) => selects(query, series))
      .map((subscription) => subscription.groupOf(series.tags))
    this.#bySeries.set(id, found)
    return found
  }
}

/** Whether a query selects the samples of a series. */
export function selects(query: Query, { name, tags }: Series): boolean {
  return query.series.includes(name) && matchesTags(query.tags, tags)
}
