/**
 * The series of a store with all their samples: what opening a directory loads, and the answers from it. Both the store
 * that writes and the history that only reads build on it; each decides what it does about changes.
 */
import { IdTable } from '../../engine/model/id-table.ts'
import type { Series } from '../../engine/model/series.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { SeriesSamples } from '../../engine/store/series-samples.ts'
import { SeriesTable } from '../../engine/store/series-table.ts'
import type { SealedChunk } from './chunk-bytes.ts'
import { ChunkReader } from './chunk-reader.ts'
import { DurableChunk, type ChunkHome } from './durable-chunk.ts'
import type { JournalRecord, Removal } from './journal-record.ts'
import { readJournal, readSealedChunks, readSeries } from './read-store.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'

/** Keeps track of what the disk does not have. */
export interface ChangeTracker extends Omit<ChunkHome, 'read'> {
  /** Called for a chunk whose samples are gone, or in another chunk. */
  onDiscarded(chunk: DurableChunk): void
  /** Called before a record of the journal is replayed. */
  onReplay(sequence: number): void
  /** Called after it. @param entryCount - its samples, or its removals */
  onReplayed(entryCount: number): void
}

export class StoredSeries {
  readonly table: SeriesTable<DurableChunk>
  readonly #directory: string
  readonly #files: StoreFiles
  readonly #snapshot: Snapshot
  readonly #tracker: ChangeTracker
  readonly #reader: ChunkReader
  readonly #home: ChunkHome
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
  }

  /** Bytes of the chunks on the disk. */
  get sealedBytes(): number {
    return this.#sealedBytes
  }

  /**
   * Reads everything but the samples of sealed chunks, once.
   *
   * @returns the series that are removed, and that the journal may still be about
   * @throws {SlungError} `store-corrupt`
   */
  load(): readonly SeriesId[] {
    const known = new IdTable<DurableChunk[]>()
    const [directory, files, snapshot] = [this.#directory, this.#files, this.#snapshot]
    for (const { id, series } of readSeries(directory, files, snapshot)) {
      if (series === null) this.#removed.add(id)
      else known.set(id, [])
    }
    const isKnown = (id: SeriesId): boolean => known.get(id) !== undefined
    for (const { series, sealed } of readSealedChunks(directory, files, snapshot, isKnown)) {
      known.get(series)!.push(DurableChunk.sealed(this.#home, series, sealed))
      this.#sealedBytes += sealed.byteLength
    }
    // Read twice, so that no more than one series is held in the form in which it is on the disk.
    for (const { id, series } of readSeries(directory, files, snapshot)) {
      if (series !== null) this.table.add(id, series, this.#createSamples(id, known.get(id)!))
    }
    const wasKnown = (id: SeriesId): boolean => isKnown(id) || this.#removed.has(id)
    for (const { sequence, record } of readJournal(directory, files, snapshot, wasKnown)) {
      this.#tracker.onReplay(sequence)
      this.#tracker.onReplayed(this.#replay(record))
    }
    return [...this.#removed]
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

  /** Repeats what a record says. Parts of it may already be in sealed chunks; doing it twice changes nothing. */
  #replay(record: JournalRecord): number {
    if (record.kind === 'removals') {
      for (const removal of record.removals) this.remove(removal)
      return record.removals.length
    }
    const { series, timestamps, values } = record.columns
    for (let index = 0; index < series.length; index++) {
      const id = series[index]!
      if (this.#removed.size > 0 && this.#removed.has(id)) continue
      this.table.samplesOf(id).append(timestamps[index]!, values[index]!)
    }
    return series.length
  }

  #createSamples(id: SeriesId, chunks: readonly DurableChunk[]): SeriesSamples<DurableChunk> {
    const source = {
      create: () => DurableChunk.create(this.#home, id),
      discard: (chunk: DurableChunk) => this.discard(chunk),
    }
    return new SeriesSamples<DurableChunk>(source, chunks)
  }
}
