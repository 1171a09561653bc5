/**
 * The names and tags of all series of a store: each text once, with the series that have it.
 *
 * Every text has a number by chance, so that the number of a set of texts (their exclusive or) finds a series without
 * looking at texts again: an exclusive or of numbers that nobody outside knows cannot be steered. V8's own hash would
 * have to read all texts together, and of one over 16,383 characters it reads only the length.
 */
import type { SeriesId } from './history-source.ts'
import type { Postings } from './postings.ts'

/** A name or a tag. */
export interface Label {
  readonly text: string
  /** Its length in UTF-8. */
  readonly byteCount: number
  /** A number by chance, 32 bits. */
  readonly chance: number
}

/** What a text takes besides its bytes: its entry, its list of series, and the head of its string. */
export const labelOverheadBytes = 128

interface Entry extends Label {
  /** Ascending. One series, as most texts have, needs no list. */
  ids: SeriesId | SeriesId[]
}

/** Names, or tags. */
export class LabelTable {
  readonly #entries = new Map<string, Entry>()
  readonly #chance: () => number

  /** @param chance - returns a number by chance, 32 bits */
  constructor(chance: () => number) {
    this.#chance = chance
  }

  get size(): number {
    return this.#entries.size
  }

  find(text: string): Label | undefined {
    return this.#entries.get(text)
  }

  /** Notes that a series has a text. @param id - greater than all ids of the text so far */
  add(text: string, id: SeriesId): Label {
    const known = this.#entries.get(text)
    if (known === undefined) {
      // A copy: the text may be a part of something longer, which would stay in memory.
      const bytes = encoder.encode(text)
      const entry = { text: decoder.decode(bytes), byteCount: bytes.length, chance: this.#chance(), ids: id }
      this.#entries.set(entry.text, entry)
      return entry
    }
    if (typeof known.ids === 'number') known.ids = [known.ids, id]
    else known.ids.push(id)
    return known
  }

  /** The series that have a text, ascending. */
  idsOf(text: string): Postings {
    const ids = this.#entries.get(text)?.ids ?? []
    return typeof ids === 'number' ? [ids] : ids
  }

  /**
   * Notes that series are gone, of one or more texts that they had.
   *
   * @returns how many of the texts no other series has; they are forgotten
   */
  remove(texts: ReadonlySet<string>, isGone: (id: SeriesId) => boolean): number {
    let forgottenCount = 0
    for (const text of texts) {
      const left = this.idsOf(text).filter((id) => !isGone(id))
      if (left.length > 0) {
        this.#entries.get(text)!.ids = left.length === 1 ? left[0]! : left
      } else {
        this.#entries.delete(text)
        forgottenCount++
      }
    }
    return forgottenCount
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
