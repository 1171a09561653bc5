/**
 * Finds what some cells of a record stand for, by their bytes: the same cells as in an earlier record are answered
 * without a string being made.
 *
 * A hash table with open addressing. A feed mostly repeats one order of series, so the entry that followed
 * the last one before is tried first, and the hash is computed only when that fails.
 */
import type { CsvRecord } from './csv-record.ts'

/** Maps the cells of given columns to numbers. */
export class CellTable {
  readonly #columns: Int32Array
  /** The cells of entry `e`, each followed by `cellEnd`, lie in `#keys` from `#offsets[e]` to `#offsets[e + 1]`. */
  #keys: Uint8Array = new Uint8Array(1024)
  readonly #offsets: number[] = [0]
  readonly #hashes: number[] = []
  readonly #values: number[] = []
  /** The entry that came after this one last time. */
  readonly #followers: number[] = []
  #last = 0
  /** Entry + 1 by hash; 0 = free. A power of two long, at most half full. */
  #slots: Int32Array = new Int32Array(64)

  /** @param columns - which cells of a record make its key; at least one */
  constructor(columns: readonly number[]) {
    this.#columns = Int32Array.from(columns)
  }

  /** Whether it has grown so large that who fills it without end should begin a new one; some 30 MB. */
  get isFull(): boolean {
    return this.#values.length >= entriesMax || this.#offsets[this.#values.length]! >= keyBytesMax
  }

  /** The number that was added for these cells, −1 when none was. */
  find(record: CsvRecord): number {
    if (this.#values.length === 0) return -1
    let entry = this.#followers[this.#last]!
    if (!this.#matches(entry, record)) {
      entry = this.#lookUp(record)
      if (entry < 0) return -1
      this.#followers[this.#last] = entry
    }
    this.#last = entry
    return this.#values[entry]!
  }

  /** Adds a number ≥ 0 for cells that `find` does not know. The cells must be valid UTF-8. */
  add(record: CsvRecord, value: number): void {
    const entry = this.#values.length
    this.#offsets.push(this.#writeKey(record, this.#offsets[entry]!))
    this.#hashes.push(this.#hash(record))
    this.#values.push(value)
    this.#followers.push(0)
    this.#followers[this.#last] = entry
    this.#last = entry
    if (this.#values.length * 2 <= this.#slots.length) {
      this.#place(entry)
    } else {
      this.#slots = new Int32Array(this.#slots.length * 2)
      for (let known = 0; known <= entry; known++) this.#place(known)
    }
  }

  #place(entry: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hashes[entry]! & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry + 1
  }

  #lookUp(record: CsvRecord): number {
    const slots = this.#slots
    const mask = slots.length - 1
    for (let slot = this.#hash(record) & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot]! - 1
      if (entry < 0 || this.#matches(entry, record)) return entry
    }
  }

  #matches(entry: number, record: CsvRecord): boolean {
    const { bytes, starts, ends } = record
    const keys = this.#keys
    let keyAt = this.#offsets[entry]!
    for (const column of this.#columns) {
      const end = ends[column]!
      for (let at = starts[column]!; at < end; at++) if (keys[keyAt++] !== bytes[at]) return false
      if (keys[keyAt++] !== cellEnd) return false
    }
    // Bytes that are not UTF-8 could imitate `cellEnd` and run on into the next key.
    return keyAt === this.#offsets[entry + 1]
  }

  #hash(record: CsvRecord): number {
    const { bytes, starts, ends } = record
    let hash = hashSeed
    for (const column of this.#columns) {
      const end = ends[column]!
      for (let at = starts[column]!; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, hashPrime)
      hash = Math.imul(hash ^ cellEnd, hashPrime)
    }
    return hash ^ (hash >>> 15)
  }

  #writeKey(record: CsvRecord, start: number): number {
    const { bytes, starts, ends } = record
    let length = start
    for (const column of this.#columns) length += ends[column]! - starts[column]! + 1
    if (length > this.#keys.length) {
      const larger = new Uint8Array(length * 2)
      larger.set(this.#keys)
      this.#keys = larger
    }
    let keyAt = start
    for (const column of this.#columns) {
      const cell = bytes.subarray(starts[column], ends[column])
      this.#keys.set(cell, keyAt)
      keyAt += cell.length
      this.#keys[keyAt++] = cellEnd
    }
    return keyAt
  }
}

const entriesMax = 262_144
const keyBytesMax = 16 * 1024 * 1024

// No byte of UTF-8, so it cannot be part of a cell.
const cellEnd = 0xff

// FNV-1a (Fowler, Noll, Vo), 32 bits.
const hashSeed = 0x811c9dc5
const hashPrime = 0x01000193
