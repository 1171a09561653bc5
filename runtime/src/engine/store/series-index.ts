/**
 * The inverted index: from a series name or a tag to the ids of the series that have it.
 *
 * Ids are assigned in ascending order, so appending keeps every list sorted, and a tag expression is evaluated by set
 * algebra over lists instead of by looking at each series.
 */
import { assert } from '../model/assert.ts'
import { seriesKey, type Series, type SeriesKey } from '../model/series.ts'
import type { TagExpression } from '../query/query.ts'
import { intersect, subtract, unite, type Postings } from './postings.ts'
import type { Selection, SeriesId } from './history-source.ts'

export class SeriesIndex {
  readonly #series: Series[] = []
  readonly #idByKey = new Map<SeriesKey, SeriesId>()
  readonly #idsByName = new Map<string, SeriesId[]>()
  readonly #idsByTag = new Map<string, SeriesId[]>()

  get size(): number {
    return this.#series.length
  }

  /** The id of a series; `undefined` for an unknown one. */
  find(series: Series): SeriesId | undefined {
    return this.#idByKey.get(seriesKey(series))
  }

  /** The id of a series; adds the series when it is new. */
  intern(series: Series): SeriesId {
    const key = seriesKey(series)
    const known = this.#idByKey.get(key)
    if (known !== undefined) return known
    const id = this.#series.push(series) - 1
    this.#idByKey.set(key, id)
    addTo(this.#idsByName, series.name, id)
    for (const tag of series.tags) addTo(this.#idsByTag, tag, id)
    return id
  }

  series(id: SeriesId): Series {
    const series = this.#series[id]
    assert(series !== undefined, `series id ${id} was returned by intern`)
    return series
  }

  /** Ids of a selection, ascending. */
  match(selection: Selection): Postings {
    return this.#evaluate(selection.tags, selection.names === null ? this.#all() : this.#named(selection.names))
  }

  #all(): Postings {
    return [...this.#series.keys()]
  }

  #named(names: readonly string[]): Postings {
    let ids: Postings = []
    for (const name of names) ids = unite(ids, this.#idsByName.get(name) ?? [])
    return ids
  }

  #evaluate(expression: TagExpression, universe: Postings): Postings {
    switch (expression.kind) {
      case 'everything':
        return universe
      case 'tag':
        return intersect(universe, this.#idsByTag.get(expression.tag) ?? [])
      case 'not':
        return subtract(universe, this.#evaluate(expression.operand, universe))
      case 'and':
        return this.#evaluate(expression.right, this.#evaluate(expression.left, universe))
      case 'or':
        return unite(this.#evaluate(expression.left, universe), this.#evaluate(expression.right, universe))
    }
  }
}

function addTo(lists: Map<string, SeriesId[]>, key: string, id: SeriesId): void {
  const ids = lists.get(key)
  if (ids === undefined) lists.set(key, [id])
  else ids.push(id)
}
