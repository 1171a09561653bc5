/**
 * The inverted index: from a series name or a tag to the ids of the series that have it.
 *
 * Ids are assigned in ascending order, so appending keeps every list sorted, and a tag expression is evaluated by set
 * algebra over lists instead of by looking at each series.
 */
import { assert } from '../model/assert.ts'
import type { Slice, Steps } from '../model/steps.ts'
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

  /** Ids of a selection, ascending. Each step makes one list of ids at most. */
  *match(selection: Selection, slice: Slice): Steps<Postings> {
    const universe = selection.names === null ? this.#all() : yield* this.#named(selection.names, slice)
    return yield* this.#evaluate(selection.tags, universe, slice)
  }

  #all(): Postings {
    return [...this.#series.keys()]
  }

  *#named(names: readonly string[], slice: Slice): Steps<Postings> {
    let ids: Postings = []
    for (const name of names) {
      ids = unite(ids, this.#idsByName.get(name) ?? [])
      if (slice.isOver) yield
    }
    return ids
  }

  *#evaluate(expression: TagExpression, universe: Postings, slice: Slice): Steps<Postings> {
    if (slice.isOver) yield
    switch (expression.kind) {
      case 'everything':
        return universe
      case 'tag':
        return intersect(universe, this.#idsByTag.get(expression.tag) ?? [])
      case 'not':
        return subtract(universe, yield* this.#evaluate(expression.operand, universe, slice))
      case 'and':
        return yield* this.#evaluate(expression.right, yield* this.#evaluate(expression.left, universe, slice), slice)
      case 'or': {
        const left = yield* this.#evaluate(expression.left, universe, slice)
        return unite(left, yield* this.#evaluate(expression.right, universe, slice))
      }
    }
  }
}

function addTo(lists: Map<string, SeriesId[]>, key: string, id: SeriesId): void {
  const ids = lists.get(key)
  if (ids === undefined) lists.set(key, [id])
  else ids.push(id)
}
