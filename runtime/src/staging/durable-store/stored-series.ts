/**
 * The series of a store with all their samples: what opening a directory loads, and the answers from it. Both the store
 * that writes and the history that only reads build on it; each decides what it does about changes.
 */
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
  readonly table: SeriesTable<DurableChunk> = new SeriesTable<DurableChunk>()
  readonly #directory: string
  readonly #files: StoreFiles
  readonly #snapshot: Snapshot
  readonly #tracker: ChangeTracker
  readonly #reader: ChunkReader
  readonly #home: ChunkHome
  #sealedBytes = 0

  /** Empty until `load`. */
  constructor(directory: string, files: StoreFiles, snapshot: Snapshot, tracker: ChangeTracker) {
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

  /** Reads everything but the samples of sealed chunks, once. @throws {SlungError} `store-corrupt` */
  load(): void {
    const allSeries = [...readSeries(this.#directory, this.#files, this.#snapshot)]
    const chunks = allSeries.map((): DurableChunk[] => [])
    for (const { series, sealed } of readSealedChunks(this.#directory, this.#files, this.#snapshot, chunks.length)) {
      chunks[series]!.push(DurableChunk.sealed(this.#home, series, sealed))
      this.#sealedBytes += sealed.byteLength
    }
    for (const series of allSeries) this.table.intern(series, (id) => this.#createSamples(id, chunks[id]!))
    for (const { sequence, record } of readJournal(this.#directory, this.#files, this.#snapshot, chunks.length)) {
      this.#tracker.onReplay(sequence)
      this.#tracker.onReplayed(this.#replay(record))
    }
  }

  intern(series: Series): SeriesId {
    return this.table.intern(series, (id) => this.#createSamples(id, []))
  }

  /** Performs a removal. Returns how many samples it removed. */
  remove({ series, first, last }: Removal): number {
    const span = { start: first, end: last }
    return series === null ? this.table.remove(span) : this.table.samples[series]!.remove(span)
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
      this.table.samples[series[index]!]!.append(timestamps[index]!, values[index]!)
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
