/**
 * The inverted index: from a series to its id, and from a series name or a tag to the ids of the series that have it.
 *
 * Ids are assigned in ascending order, so appending keeps every list sorted, and a tag expression is evaluated by set
 * algebra over lists instead of by looking at each series. The id of a removed series is not used again.
 */
import { assert } from '../model/assert.ts'
import { IdTable } from '../model/id-table.ts'
import { utf8Length, type Series } from '../model/series.ts'
import type { Slice, Steps } from '../model/steps.ts'
import { hasKey } from '../query/match-tags.ts'
import type { TagExpression } from '../query/query.ts'
import type { Selection, SeriesId } from './history-source.ts'
import { labelOverheadBytes, LabelTable, type Label } from './label-table.ts'
import { intersect, subtract, unite, type Postings } from './postings.ts'

interface Entry {
  readonly id: SeriesId
  readonly series: Series
  /** The exclusive or of the numbers of its labels. */
  readonly hash: number
  readonly labelBytes: number
  /** Another series with the same hash. */
  next: Entry | undefined
}

/** Looking at the clock takes longer than a look at a series. */
const seriesPerLook = 64

/** The ids of a store are 32 bits, and the greatest stands for other things. */
const idMax = 0xffff_fffe

export class SeriesIndex {
  readonly #entries = new IdTable<Entry>()
  readonly #byHash = new Map<number, Entry>()
  readonly #names: LabelTable
  readonly #tags: LabelTable
  /** The name and tags that were looked up last, as they are stored: equal texts are the same string. */
  readonly #texts: string[] = []
  #nextId: SeriesId = 0
  #labelBytes = 0

  /** @param hashSeed - 32 bits that senders of series do not know; changes no result */
  constructor(hashSeed: number) {
    let counter = hashSeed
    const chance = (): number => {
      counter = (counter + 0x9e37_79b9) | 0
      return mix(counter)
    }
    this.#names = new LabelTable(chance)
    this.#tags = new LabelTable(chance)
  }

  get size(): number {
    return this.#entries.size
  }

  /** The names and tags of all series, in bytes of UTF-8, and 128 for each different one. */
  get labelBytes(): number {
    return this.#labelBytes
  }

  /** What `labelBytes` would grow by with a series that is not known. */
  labelBytesOf({ name, tags }: Series): number {
    let bytes = labelCost(this.#names.find(name), name)
    for (const tag of tags) bytes += labelCost(this.#tags.find(tag), tag)
    return bytes
  }

  /** The id of a series; `undefined` for an unknown one. */
  find(series: Series): SeriesId | undefined {
    const hash = this.#hashOf(series)
    if (hash === undefined) return undefined
    for (let entry = this.#byHash.get(hash); entry !== undefined; entry = entry.next) {
      if (isMadeOf(entry.series, this.#texts, series.tags.length)) return entry.id
    }
    return undefined
  }

  /** The id for the next new series. */
  get nextId(): SeriesId {
    return this.#nextId
  }

  /** Adds a series that `find` does not know. @param id - greater than all before */
  add(id: SeriesId, { name, tags }: Series): void {
    assert(id >= this.#nextId && id <= idMax, `series id ${id} is new`)
    this.#nextId = id + 1
    const textsBefore = this.#names.size + this.#tags.size
    const nameLabel = this.#names.add(name, id)
    const tagLabels = tags.map((tag) => this.#tags.add(tag, id))
    let { chance: hash, byteCount: labelBytes } = nameLabel
    for (const { chance, byteCount } of tagLabels) {
      hash ^= chance
      labelBytes += byteCount
    }
    const kept = { name: nameLabel.text, tags: Object.freeze(tagLabels.map(({ text }) => text)) }
    const entry = { id, series: Object.freeze(kept), hash, labelBytes, next: this.#byHash.get(hash) }
    this.#byHash.set(hash, entry)
    this.#entries.set(id, entry)
    this.#labelBytes += labelBytes + labelOverheadBytes * (this.#names.size + this.#tags.size - textsBefore)
  }

  /** Removes series, for good. */
  remove(ids: readonly SeriesId[]): void {
    const [names, tags] = [new Set<string>(), new Set<string>()]
    for (const id of ids) {
      const entry = this.#entry(id)
      names.add(entry.series.name)
      for (const tag of entry.series.tags) tags.add(tag)
      this.#unlink(entry)
      this.#entries.delete(id)
      this.#labelBytes -= entry.labelBytes
    }
    const isGone = (id: SeriesId): boolean => this.#entries.get(id) === undefined
    const forgottenCount = this.#names.remove(names, isGone) + this.#tags.remove(tags, isGone)
    this.#labelBytes -= labelOverheadBytes * forgottenCount
  }

  series(id: SeriesId): Series {
    return this.#entry(id).series
  }

  /** Ids of a selection, ascending. Each step makes one list of ids at most. */
  *match(selection: Selection, slice: Slice): Steps<Postings> {
    const universe = selection.names === null ? this.#all() : yield* this.#named(selection.names, slice)
    return yield* this.#evaluate(selection.tags, universe, slice)
  }

  #entry(id: SeriesId): Entry {
    const entry = this.#entries.get(id)
    assert(entry !== undefined, `series id ${id} was returned by intern, and is not removed`)
    return entry
  }

  /** `undefined` when one of the texts is in no series. */
  #hashOf({ name, tags }: Series): number | undefined {
    const nameLabel = this.#names.find(name)
    if (nameLabel === undefined) return undefined
    this.#texts[0] = nameLabel.text
    let hash = nameLabel.chance
    for (let index = 0; index < tags.length; index++) {
      const label = this.#tags.find(tags[index]!)
      if (label === undefined) return undefined
      this.#texts[index + 1] = label.text
      hash ^= label.chance
    }
    return hash
  }

  #unlink(entry: Entry): void {
    const { hash, next } = entry
    const first = this.#byHash.get(hash)
    if (first !== entry) {
      let before = first!
      while (before.next !== entry) before = before.next!
      before.next = next
    } else if (next === undefined) this.#byHash.delete(hash)
    else this.#byHash.set(hash, next)
  }

  #all(): Postings {
    return Array.from(this.#entries.entries(), ([id]) => id)
  }

  *#named(names: readonly string[], slice: Slice): Steps<Postings> {
    let ids: Postings = []
    for (const name of names) {
      ids = unite(ids, this.#names.idsOf(name))
      if (slice.isOver) yield
    }
    return ids
  }

  /** Few of the series of a name lack a key that somebody asks for, so each is looked at. */
  *#withKey(key: string, universe: Postings, slice: Slice): Steps<Postings> {
    const ids: SeriesId[] = []
    for (let index = 0; index < universe.length; index++) {
      const id = universe[index]!
      // Between two steps it may have been removed.
      if (this.#entries.get(id)?.series.tags.some((tag) => hasKey(tag, key)) === true) ids.push(id)
      if (index % seriesPerLook === 0 && slice.isOver) yield
    }
    return ids
  }

  *#evaluate(expression: TagExpression, universe: Postings, slice: Slice): Steps<Postings> {
    if (slice.isOver) yield
    switch (expression.kind) {
      case 'everything':
        return universe
      case 'tag':
        return intersect(universe, this.#tags.idsOf(expression.tag))
      case 'key':
        return yield* this.#withKey(expression.key, universe, slice)
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

function labelCost(label: Label | undefined, text: string): number {
  return label?.byteCount ?? utf8Length(text) + labelOverheadBytes
}

/** @param texts - a name, and then `tagCount` tags, sorted and unique as those of a series */
function isMadeOf({ name, tags }: Series, texts: readonly string[], tagCount: number): boolean {
  if (name !== texts[0] || tags.length !== tagCount) return false
  for (let index = 0; index < tagCount; index++) if (tags[index] !== texts[index + 1]) return false
  return true
}

/** The finalizer of MurmurHash3 (Appleby): a bijection of 32 bits, in which each bit depends on all. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35)
  return mixed ^ (mixed >>> 16)
}
