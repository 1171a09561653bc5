/**
 * A chunk that is open (its samples in memory, where they can change) or sealed (on the disk, with only its summary in
 * memory).
 *
 * Reading a sealed chunk decodes it for a while; changing it reopens it until it is sealed again. A chunk is dirty
 * while the disk has an outdated version or none; `dirtySince` is the first record of the journal that would have to be
 * replayed for its samples.
 */
import { assert } from '../../engine/model/assert.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Summary } from '../../engine/aggregate/summary.ts'
import { Chunk, type Columns } from '../../engine/store/chunk.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import type { SeriesChunk } from '../../engine/store/series-samples.ts'
import type { SealedChunk } from './chunk-bytes.ts'

/** A chunk with this many samples is sealed: large enough to compress well, some 8 KB of usual samples. */
export const durableSamplesMax = 8192

/** What a chunk needs of its store. */
export interface ChunkHome {
  /** The samples of a sealed chunk; read-only. */
  read(chunk: DurableChunk, sealed: SealedChunk): Chunk
  /** Called before a clean chunk changes. @returns where in the journal the change is */
  onDirty(chunk: DurableChunk): number
  /** Called when a sealed chunk is reopened for a change. */
  onReopened(chunk: DurableChunk): void
  /**
   * Called with the halves of a split chunk. The samples of the newer half may be in no record of the journal, only in
   * what the disk has of the older half, so the two have to be sealed together.
   */
  onSplit(older: DurableChunk, newer: DurableChunk): void
  /** Called when no more samples fit. */
  onFull(chunk: DurableChunk): void
}

export class DurableChunk implements SeriesChunk<DurableChunk> {
  readonly series: SeriesId
  readonly #home: ChunkHome
  #open: Chunk | undefined
  #sealed: SealedChunk | undefined
  #dirtySince: number | undefined
  #sentFirst: number | undefined
  #isDiscarded = false

  private constructor(home: ChunkHome, series: SeriesId, open: Chunk | undefined, sealed: SealedChunk | undefined) {
    this.#home = home
    this.series = series
    this.#open = open
    this.#sealed = sealed
    this.#sentFirst = sealed?.first
  }

  /** An empty chunk, to which the caller immediately appends a sample. */
  static create(home: ChunkHome, series: SeriesId): DurableChunk {
    return new DurableChunk(home, series, new Chunk(durableSamplesMax), undefined)
  }

  /** A chunk that is on the disk. */
  static sealed(home: ChunkHome, series: SeriesId, sealed: SealedChunk): DurableChunk {
    return new DurableChunk(home, series, undefined, sealed)
  }

  /**
   * What the disk has under the time at which the chunk began there; `undefined` for a chunk that was never written.
   */
  get sealed(): SealedChunk | undefined {
    return this.#sealed
  }

  /** The time under which the writer last received it; `undefined` when it never did. */
  get sentFirst(): Micros | undefined {
    return this.#sentFirst
  }

  get isDiscarded(): boolean {
    return this.#isDiscarded
  }

  get dirtySince(): number | undefined {
    return this.#dirtySince
  }

  get count(): number {
    return this.#open?.count ?? this.#sealed!.summary.count
  }

  get first(): Micros {
    return this.#open?.first ?? this.#sealed!.first
  }

  get last(): Micros {
    return this.#open?.last ?? this.#sealed!.last
  }

  get isFull(): boolean {
    return this.count >= durableSamplesMax
  }

  get takesNewer(): boolean {
    // Not while it is on its way to the disk: it would have to be rewritten.
    return this.#dirtySince !== undefined && !this.isFull
  }

  samples(): Chunk {
    if (this.#open !== undefined) return this.#open
    assert(this.#sealed !== undefined, 'a chunk is open or sealed')
    return this.#home.read(this, this.#sealed)
  }

  addAllTo(summary: Summary): void {
    if (this.#open === undefined) summary.addSummary(this.#sealed!.summary)
    else this.#open.addAllTo(summary)
  }

  /** A copy of all samples. */
  columns(): Columns {
    return this.samples().columns()
  }

  append(timestamp: Micros, value: number): void {
    const open = this.#open!
    if (this.#dirtySince === undefined) this.#dirtySince = this.#home.onDirty(this)
    open.append(timestamp, value)
    if (open.isFull) this.#home.onFull(this)
  }

  replace(timestamp: Micros, value: number): number {
    // Looking first keeps a sealed chunk sealed when nothing changes, as when an old sample is sent again.
    const samples = this.samples()
    const index = samples.lowerBound(timestamp)
    if (index === samples.count || samples.timestampAt(index) !== timestamp) return Number.NaN
    if (Object.is(samples.valueAt(index), value)) return value
    return this.#change().replace(timestamp, value)
  }

  insert(timestamp: Micros, value: number): void {
    const open = this.#change()
    open.insert(timestamp, value)
    if (open.isFull) this.#home.onFull(this)
  }

  split(): DurableChunk {
    const newer = new DurableChunk(this.#home, this.series, this.#change().split(), undefined)
    newer.#dirtySince = this.#dirtySince
    this.#home.onSplit(this, newer)
    return newer
  }

  remove(start: number, end: number): void {
    this.#change().remove(start, end)
  }

  /** Puts the samples of an older chunk before its own; there must be room for them. */
  prepend(older: Columns): void {
    const own = this.#change().columns()
    const timestamps = new Float64Array(older.timestamps.length + own.timestamps.length)
    const values = new Float64Array(timestamps.length)
    timestamps.set(older.timestamps)
    timestamps.set(own.timestamps, older.timestamps.length)
    values.set(older.values)
    values.set(own.values, older.values.length)
    this.#open = new Chunk(durableSamplesMax, { timestamps, values })
  }

  /** Its present contents are on their way to the disk: it is clean unless it changes again. */
  startSealing(): void {
    this.#dirtySince = undefined
    this.#sentFirst = this.first
  }

  /** Its contents, as they were sent, are on the disk. Unless it has changed since, its samples leave the memory. */
  finishSealing(sealed: SealedChunk): void {
    this.#sealed = sealed
    if (this.#dirtySince === undefined) this.#open = undefined
  }

  /** Empties it for good. */
  discard(): void {
    this.#isDiscarded = true
    this.#dirtySince = undefined
  }

  #change(): Chunk {
    if (this.#open === undefined) {
      this.#open = new Chunk(durableSamplesMax, this.samples().columns())
      this.#home.onReopened(this)
    }
    this.#dirtySince ??= this.#home.onDirty(this)
    return this.#open
  }
}
