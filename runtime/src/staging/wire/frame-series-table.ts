/**
 * Finds the series of an event by the bytes of its labels: from the length of the series name to the end of the last
 * tag (`docs/formats/event-frame.md`).
 *
 * It does for frames what `CellTable` does for rows, and uses one fact more: labels contain their own length, so none
 * is a prefix of another. Where the bytes of the labels that followed last time appear, those are the labels, and no
 * search for their end is needed.
 *
 * Different bytes may stand for one series (tags have no order), so a sender can invent labels without end. The table
 * is bounded: it forgets everything when it is full, or when too many labels share a slot.
 */
import { grownColumn } from '../../engine/model/columns.ts'

/** How much a table remembers. */
export interface FrameSeriesTableLimits {
  readonly entriesMax: number
  readonly keyBytesMax: number
  /** Most occupied slots that a lookup visits. */
  readonly probesMax: number
}

/** Maps labels to numbers. Remembers the last entry it found. */
export class FrameSeriesTable {
  readonly #limits: FrameSeriesTableLimits
  /** The key of entry `e` is in `#keys` from `#offsets[e]` to `#offsets[e + 1]`. */
  #keys = new Uint8Array(4096)
  #offsets: number[] = [0]
  #hashes: number[] = []
  #values: number[] = []
  /** The entry that came after this one last time. */
  #followers: number[] = []
  #last = 0
  /** Entry + 1 by hash; 0 = free. A power of two long, at most a quarter full. */
  #slots: Int32Array = new Int32Array(256)

  constructor(limits: FrameSeriesTableLimits = defaultLimits) {
    this.#limits = limits
  }

  /** The number of the last entry found or added. */
  get value(): number {
    return this.#values[this.#last]!
  }

  /**
   * Whether the labels at `start` are those that came next last time, which makes them the last found.
   *
   * @param end - where `bytes` ends for the reader
   * @returns the offset after the labels; −1 when they are others
   */
  predict(bytes: Uint8Array, start: number, end: number): number {
    if (this.#values.length === 0) return -1
    const entry = this.#followers[this.#last]!
    const labelsEnd = start + this.#offsets[entry + 1]! - this.#offsets[entry]!
    if (labelsEnd > end || !this.#holds(entry, bytes, start, labelsEnd) || this.#values[entry] === forgotten) return -1
    this.#last = entry
    return labelsEnd
  }

  /** Whether the labels from `start` to `end` (exclusive) were added, which makes them the last found. */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    const hash = hashOf(bytes, start, end)
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < this.#limits.probesMax; probe++) {
      const entry = this.#slots[(hash + probe) & mask]! - 1
      if (entry < 0) return false
      if (this.#hashes[entry] !== hash || this.#offsets[entry + 1]! - this.#offsets[entry]! !== end - start) continue
      if (!this.#holds(entry, bytes, start, end) || this.#values[entry] === forgotten) continue
      this.#follow(entry)
      return true
    }
    return false
  }

  /** Adds the number of labels that `find` does not know, and makes them the last found. The bytes are copied. */
  add(bytes: Uint8Array, start: number, end: number, value: number): void {
    const { entriesMax, keyBytesMax } = this.#limits
    if (this.#values.length >= entriesMax || this.#offsets[this.#offsets.length - 1]! + end - start > keyBytesMax)
      this.#clear()
    if (!this.#insert(bytes, start, end, value)) {
      this.#clear()
      this.#insert(bytes, start, end, value)
    }
  }

  /** Forgets the labels of some numbers. */
  forget(values: ReadonlySet<number>): void {
    this.#values = this.#values.map((value) => (values.has(value) ? forgotten : value))
  }

  /** Returns false when there is no free slot near enough to its own. */
  #insert(bytes: Uint8Array, start: number, end: number, value: number): boolean {
    const entry = this.#values.length
    const keyStart = this.#offsets[entry]!
    const keyEnd = keyStart + end - start
    if (keyEnd > this.#keys.length) this.#keys = grownColumn(this.#keys, keyEnd)
    this.#keys.set(bytes.subarray(start, end), keyStart)
    this.#offsets.push(keyEnd)
    this.#hashes.push(hashOf(bytes, start, end))
    this.#values.push(value)
    this.#followers.push(0)
    this.#follow(entry)
    if (this.#values.length * 4 <= this.#slots.length) return this.#place(entry)
    this.#slots = new Int32Array(this.#slots.length * 2)
    for (let known = 0; known <= entry; known++) if (!this.#place(known)) return false
    return true
  }

  #place(entry: number): boolean {
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < this.#limits.probesMax; probe++) {
      const slot = (this.#hashes[entry]! + probe) & mask
      if (this.#slots[slot] !== 0) continue
      this.#slots[slot] = entry + 1
      return true
    }
    return false
  }

  #follow(entry: number): void {
    this.#followers[this.#last] = entry
    this.#last = entry
  }

  /** The caller has checked that the lengths are equal. */
  #holds(entry: number, bytes: Uint8Array, start: number, end: number): boolean {
    const keys = this.#keys
    let keyAt = this.#offsets[entry]!
    for (let at = start; at < end; at++) if (keys[keyAt++] !== bytes[at]) return false
    return true
  }

  #clear(): void {
    this.#keys = new Uint8Array(4096)
    this.#offsets = [0]
    this.#hashes = []
    this.#values = []
    this.#followers = []
    this.#last = 0
    this.#slots = new Int32Array(256)
  }
}

/** In the place of a number. The entry stays until the table is full. */
const forgotten = -1

/** FNV-1a (Fowler, Noll, Vo), 32 bits, folded so that its low bits depend on all of it. */
function hashOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
  return hash ^ (hash >>> 15)
}

// More than twice the series that a runtime takes by default; some 30 MB when full. A table that is a quarter full
// hardly ever needs 64 probes: a sender who causes them has chosen labels that share a slot, to make lookups slow.
const defaultLimits: FrameSeriesTableLimits = {
  entriesMax: 262_144,
  keyBytesMax: 16 * 1024 * 1024,
  probesMax: 64,
}
