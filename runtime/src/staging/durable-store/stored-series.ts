/**
 * The series of a store with all their samples: what opening a directory loads, and the answers from it. Both the store
 * that writes and the history that only reads build on it; each decides what it does about changes.
 */
import { IdTable } from '../../engine/model/id-table.ts'
import type { Series } from '../../engine/model/series.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { SeriesSamples, type ChunkSource } from '../../engine/store/series-samples.ts'
import { SeriesTable } from '../../engine/store/series-table.ts'
import type { SealedChunk } from './chunk-bytes.ts'
import { ChunkReader } from './chunk-reader.ts'
import { DurableChunk, type ChunkHome } from './durable-chunk.ts'
import { describingDamage } from './describe-failure.ts'
import type { Removal } from './journal-record.ts'
import { readJournal, readSealedChunks, readSeries } from './read-store.ts'
import { ReplayPlan } from './replay-plan.ts'
import { readTotals, type Snapshot, type StoreFiles } from './store-files.ts'
import type { StoreTotals } from './store-totals.ts'

/** Keeps track of what the disk does not have. */
export interface ChangeTracker extends Omit<ChunkHome, 'read'> {
  /** Called for a chunk whose samples are gone, or in another chunk. */
  onDiscarded(chunk: DurableChunk): void
  /** Called for each record of the journal, in order. @param entryCount - its samples, or its removals */
  onJournalRecord(sequence: number, entryCount: number): void
  /** Called before changes that replay a record. */
  onReplay(sequence: number): void
  /**
   * Called once everything is loaded: all of it is on the disk.
   *
   * @param removed - the removed series that the journal may be about
   */
  onLoaded(removed: Iterable<SeriesId>, totals: StoreTotals): void
}

export class StoredSeries {
  readonly table: SeriesTable<DurableChunk>
  readonly #directory: string
  readonly #files: StoreFiles
  readonly #snapshot: Snapshot
  readonly #tracker: ChangeTracker
  readonly #reader: ChunkReader
  readonly #home: ChunkHome
  readonly #source: ChunkSource<DurableChunk>
  /** The series that are removed, and that the journal may still be about. */
  readonly #removed = new Set<SeriesId>()
  #sealedBytes = 0

  /** Empty until `load`. @param hashSeed - as in `SeriesIndex` */
  constructor(directory: string, files: StoreFiles, snapshot: Snapshot, tracker: ChangeTracker, hashSeed: number) {
    this.table = new SeriesTable(hashSeed)
    this.#directory = directory
    this.#files = files
    this.#snapshot = snapshot
    this.#tracker = tracker
    this.#reader = new ChunkReader(directory, files, snapshot)
    this.#home = {
      read: (chunk, sealed) => this.#reader.read(chunk, sealed),
      onDirty: (chunk) => tracker.onDirty(chunk),
      onReopened: (chunk) => tracker.onReopened(chunk),
      onSplit: (older, newer) => tracker.onSplit(older, newer),
      onFull: (chunk) => tracker.onFull(chunk),
    }
    this.#source = {
      create: (series) => DurableChunk.create(this.#home, series),
      discard: (chunk) => this.discard(chunk),
    }
  }

  /** Bytes of the chunks on the disk. */
  get sealedBytes(): number {
    return this.#sealedBytes
  }

  /** Reads everything but the samples of sealed chunks, once. @throws {SlungError} `store-corrupt` */
  load(): void {
    const source = [this.#directory, this.#files, this.#snapshot] as const
    const totals = describingDamage(this.#directory, 'the record of totals', () =>
      readTotals(this.#files, this.#snapshot),
    )
    const known = new IdTable<SealedChunk[]>()
    const removed = new Set<SeriesId>()
    for (const { id, series } of readSeries(...source, totals)) {
      if (series === null) removed.add(id)
      else known.set(id, [])
    }
    const isKnown = (id: SeriesId): boolean => known.get(id) !== undefined
    for (const { series, sealed } of readSealedChunks(...source, totals, isKnown)) {
      known.get(series)!.push(sealed)
      this.#sealedBytes += sealed.byteLength
    }
    // Read twice, so that no more than one series is held in the form in which it is on the disk.
    for (const { id, series } of readSeries(...source, totals)) {
      if (series !== null) this.table.add(id, series, this.#createSamples(id, known.get(id)!))
    }
    const plan = new ReplayPlan(Array.from(known.entries(), ([id]) => id))
    const wasKnown = (id: SeriesId): boolean => isKnown(id) || removed.has(id)
    for (const { sequence, record } of readJournal(...source, totals, wasKnown)) {
      this.#tracker.onJournalRecord(sequence, plan.add(sequence, record))
    }
    plan.replay((id) => known.get(id), {
      startRecord: (sequence) => this.#tracker.onReplay(sequence),
      append: (id, timestamp, value) => this.table.samplesOf(id).append(timestamp, value),
      remove: (id, span) => this.table.samplesOf(id).remove(span),
    })
    this.#tracker.onLoaded(removed, totals)
    this.#reader.startGuarding()
  }

  /** Notes that a commit was written. */
  committed(): void {
    this.#reader.noteGrowth()
  }

  close(): void {
    this.#reader.close()
  }

  intern(series: Series): SeriesId {
    return this.table.intern(series, (id) => this.#createSamples(id, []))
  }

  /** Performs a removal. Returns how many samples it removed. */
  remove({ series, first, last }: Removal): number {
    const span = { start: first, end: last }
    if (series === null) return this.table.remove(span)
    return this.#removed.has(series) ? 0 : this.table.samplesOf(series).remove(span)
  }

  /** Notes that the disk has a chunk as it was sent. */
  finishSealing(chunk: DurableChunk, sealed: SealedChunk): void {
    this.#sealedBytes += sealed.byteLength - (chunk.sealed?.byteLength ?? 0)
    this.#reader.forget(chunk)
    chunk.finishSealing(sealed)
  }

  /** Drops a chunk whose samples are gone, or in another chunk. */
  discard(chunk: DurableChunk): void {
    this.#sealedBytes -= chunk.sealed?.byteLength ?? 0
    this.#reader.forget(chunk)
    chunk.discard()
    this.#tracker.onDiscarded(chunk)
  }

  #createSamples(id: SeriesId, sealed: readonly SealedChunk[]): SeriesSamples<DurableChunk> {
    const chunks = sealed.map((chunk) => DurableChunk.sealed(this.#home, id, chunk))
    return new SeriesSamples(this.#source, id, chunks)
  }
}
