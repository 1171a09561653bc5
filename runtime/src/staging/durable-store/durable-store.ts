/**
 * Implements `SampleStore` on LMDB: what is appended is in memory at once, and on the disk with the next group commit.
 *
 * Every sample goes two ways. Into the open chunk of its series, which is sealed (compressed, written, forgotten but for its
 * summary) when it is full; and into the journal, which holds what is not in sealed chunks, so that opening the store again
 * finds everything that was committed. All writing is done by a thread of its own, in one transaction per commit.
 */
import type { AppendRefusal, SampleBatch } from '../../engine/model/columns.ts'
import { seriesKey, type Series } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { TimeSpan } from '../../engine/query/query.ts'
import type { Summary } from '../../engine/aggregate/summary.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import type {
  Retention,
  SampleStore,
  SampleVisitor,
  Selection,
  SeriesId,
  StoreCounts,
} from '../../engine/store/sample-store.ts'
import { SeriesSamples } from '../../engine/store/series-samples.ts'
import { SeriesTable } from '../../engine/store/series-table.ts'
import { decodeSealedChunk } from './chunk-bytes.ts'
import { ChunkReader } from './chunk-reader.ts'
import { CommitQueue } from './commit-queue.ts'
import type { DirectoryLock } from './directory-lock.ts'
import { DurableChunk, durableSamplesMax, type ChunkHome } from './durable-chunk.ts'
import { Journal } from './journal.ts'
import type { JournalRecord, Removal } from './journal-record.ts'
import { openToRead, openToWrite, type Ownership } from './open-store.ts'
import { readJournal, readSealedChunks, readSeries } from './read-store.ts'
import { chunksBefore, oldestSealed } from './retention.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { UnsealedChunks } from './unsealed-chunks.ts'
import type { ChunkName, ChunkSeal, CommitBatch } from './writer-messages.ts'
import { WriterThread } from './writer-thread.ts'

export class DurableStore implements SampleStore {
  readonly #directory: string
  readonly #files: StoreFiles
  readonly #snapshot: Snapshot
  readonly #lock: DirectoryLock | undefined
  readonly #writer: WriterThread | undefined
  readonly #reader: ChunkReader
  readonly #home: ChunkHome
  readonly #table = new SeriesTable<DurableChunk>()
  readonly #unsealed = new UnsealedChunks()
  readonly #journal = new Journal()
  /** Keys to be deleted with the next batch. */
  #deletes: ChunkName[] = []
  #seriesWritten = 0
  #sealedBytes = 0
  #committedCount = 0
  #journalCostBefore = 0
  /** Records before this one are gone from the disk with the batches until now. */
  #journalKeptFrom = 0
  /** The chunks of batches that are not confirmed, oldest batch first. */
  readonly #sealing: (readonly SentChunk[])[] = []
  readonly #commits = new CommitQueue(() => this.#commit(false))

  private constructor(directory: string, files: StoreFiles, ownership?: Ownership) {
    this.#directory = directory
    this.#files = files
    this.#lock = ownership?.lock
    // A reader beside a runtime sees one moment of the store for as long as it reads.
    this.#snapshot = ownership === undefined ? { transaction: files.environment.useReadTransaction() } : {}
    this.#reader = new ChunkReader(directory, files, this.#snapshot)
    this.#home = {
      read: (chunk, sealed) => this.#reader.read(chunk, sealed),
      onDirty: (chunk) => {
        this.#unsealed.add(chunk, this.#journal.sequence)
        return this.#journal.sequence
      },
      onReopened: (chunk) => this.#unsealed.addReopened(chunk),
      onSplit: (older, newer) => {
        this.#unsealed.add(newer, newer.dirtySince!)
        this.#unsealed.addDue(older)
        this.#unsealed.addDue(newer)
      },
      onFull: (chunk) => this.#unsealed.addDue(chunk),
    }
    this.#load()
    if (ownership !== undefined) this.#writer = new WriterThread({ directory, session: ownership.session })
  }

  /**
   * Opens a store for reading and writing, and makes one where there is none. No other process can, until it is closed.
   *
   * @throws {SlungError} `cannot-open-store`, `store-in-use`, `store-format`, `store-corrupt`
   */
  static open(directory: string): Promise<DurableStore> {
    return openToWrite(directory, (files, ownership) => new DurableStore(directory, files, ownership))
  }

  /**
   * Opens a store as it is now, to be read; a runtime may have it open, and what that writes later is not seen. As long as it is
   * open the runtime's file cannot reuse the room of what it replaces, so close it soon.
   *
   * @throws {SlungError} `cannot-open-store`, `store-format`, `store-corrupt`
   */
  static openReadOnly(directory: string): Promise<DurableStore> {
    return openToRead(directory, (files) => new DurableStore(directory, files))
  }

  find(series: Series): SeriesId | undefined {
    return this.#table.find(series)
  }

  intern(series: Series): SeriesId {
    return this.#table.intern(series, (id) => this.#createSamples(id, []))
  }

  series(id: SeriesId): Series {
    return this.#table.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return this.#table.match(selection)
  }

  /**
   * Refuses with `store-corrupt` a late sample whose chunk cannot be read.
   *
   * @throws {SlungError} `store-failed` when it was opened to be read
   */
  append(batch: SampleBatch): readonly AppendRefusal[] {
    if (this.#writer === undefined) throw this.#readOnly()
    const refusals = this.#table.append(batch)
    this.#journal.append(batch, refusals)
    return refusals
  }

  newest(selection: Selection): Micros | undefined {
    return this.#table.newest(selection)
  }

  aggregate(selection: Selection, span: TimeSpan | null): Summary {
    return this.#table.aggregate(selection, span)
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    this.#table.select(selection, span, visit)
  }

  retain({ before, bytesMax }: Retention): number {
    let removed = 0
    if (before !== null) removed += this.#removeAll(chunksBefore(this.#table.samples, before))
    if (bytesMax !== null) removed += this.#removeAll(oldestSealed(this.#table.samples, this.#sealedBytes - bytesMax))
    return removed
  }

  counts(): StoreCounts {
    return {
      series: this.#table.size,
      uncommitted: this.#journal.appendedCount - this.#committedCount,
      sealedBytes: this.#sealedBytes,
    }
  }

  commit(): Promise<void> {
    return this.#commits.ask()
  }

  async close(): Promise<void> {
    try {
      if (this.#writer !== undefined) {
        await this.#commits.idle()
        await this.#commit(true)
      }
    } finally {
      this.#snapshot.transaction?.done()
      await this.#writer?.close()
      await this.#files.environment.close()
      await this.#lock?.release()
    }
  }

  /** Writes what was appended until now. @param sealAll - leave nothing in the journal */
  async #commit(sealAll: boolean): Promise<void> {
    const { appendedCount } = this.#journal
    const assembled = this.#assembleBatch(sealAll)
    // With a batch that failed before, even an empty one is a reason to try again.
    if (assembled.isEmpty && this.#sealing.length === 0) return
    await this.#write(assembled, appendedCount)
  }

  async #write({ batch, sent }: AssembledBatch, appendedCount: number): Promise<void> {
    if (this.#writer === undefined) throw this.#readOnly()
    this.#sealing.push(sent)
    const batches = await this.#writer.commit(batch)
    // A read transaction lasts as long as an event turn, and this one may have begun before the commit.
    this.#files.environment.resetReadTxn()
    this.#committedCount = appendedCount
    for (const summaries of batches) this.#confirm(this.#sealing.shift()!, summaries)
  }

  #assembleBatch(sealAll: boolean): AssembledBatch {
    this.#journal.endRecord()
    const newCost = Math.max(0, this.#journal.cost - this.#journalCostBefore)
    const chosen = sealAll ? this.#unsealed.chooseAll() : this.#unsealed.choose(this.#journal, newCost)
    const sent: SentChunk[] = []
    const seals: ChunkSeal[] = []
    for (const chunk of chosen) {
      // Another one may have taken it in.
      if (chunk.dirtySince === undefined) continue
      seals.push(this.#seal(chunk))
      sent.push({ chunk, first: chunk.first })
    }
    const keepFrom = this.#unsealed.oldestSince ?? this.#journal.sequence
    const records = this.#journal.take(keepFrom)
    this.#journalCostBefore = this.#journal.cost
    const firstSeries = this.#seriesWritten
    const series: string[] = []
    for (; this.#seriesWritten < this.#table.size; this.#seriesWritten++) {
      series.push(seriesKey(this.#table.series(this.#seriesWritten)))
    }
    const deletes = this.#deletes
    this.#deletes = []
    const isEmpty =
      series.length + records.length + deletes.length + seals.length === 0 && keepFrom === this.#journalKeptFrom
    this.#journalKeptFrom = keepFrom
    return { batch: { firstSeries, series, records, deletes, seals, keepFrom }, sent, isEmpty }
  }

  #seal(chunk: DurableChunk): ChunkSeal {
    this.#mergeWithSmaller(chunk)
    const { series, first, sentFirst } = chunk
    if (sentFirst !== undefined && sentFirst !== first) this.#deletes.push({ series, first: sentFirst })
    chunk.startSealing()
    this.#unsealed.remove(chunk)
    return { series, first, columns: chunk.columns() }
  }

  /**
   * A chunk that is sealed before it is full takes in the ones before it that are no larger: so a series that is slow, or a store
   * that is opened and closed often, has few chunks, and a sample is written again some ten times at most.
   */
  #mergeWithSmaller(chunk: DurableChunk): void {
    const samples = this.#table.samples[chunk.series]!
    for (;;) {
      let columns: Columns | undefined
      const previous = samples.takePrevious(chunk, (candidate) => {
        if (candidate.count > chunk.count || candidate.count + chunk.count > durableSamplesMax) return false
        columns = readOrNothing(candidate)
        return columns !== undefined
      })
      if (previous === undefined || columns === undefined) return
      chunk.prepend(columns)
      this.#discard(previous)
    }
  }

  #confirm(sent: readonly SentChunk[], summaries: readonly Uint8Array[]): void {
    for (const [index, { chunk, first }] of sent.entries()) {
      if (chunk.isDiscarded) continue
      const sealed = decodeSealedChunk(first, summaries[index]!)
      this.#sealedBytes += sealed.byteLength - (chunk.sealed?.byteLength ?? 0)
      this.#reader.forget(chunk)
      chunk.finishSealing(sealed)
    }
  }

  #removeAll(removals: readonly Removal[]): number {
    if (this.#writer === undefined) throw this.#readOnly()
    let removed = 0
    for (const removal of removals) removed += this.#remove(removal)
    if (removed > 0) this.#journal.addRemovals(removals)
    return removed
  }

  #remove({ series, first, last }: Removal): number {
    const span = { start: first, end: last }
    return series === null ? this.#table.remove(span) : this.#table.samples[series]!.remove(span)
  }

  /** A chunk whose samples are gone, or in another one. */
  #discard(chunk: DurableChunk): void {
    this.#sealedBytes -= chunk.sealed?.byteLength ?? 0
    if (chunk.sentFirst !== undefined) this.#deletes.push({ series: chunk.series, first: chunk.sentFirst })
    chunk.discard()
    this.#unsealed.remove(chunk)
    this.#reader.forget(chunk)
  }

  #createSamples(id: SeriesId, chunks: readonly DurableChunk[]): SeriesSamples<DurableChunk> {
    const source = {
      create: () => DurableChunk.create(this.#home, id),
      discard: (chunk: DurableChunk) => this.#discard(chunk),
    }
    return new SeriesSamples<DurableChunk>(source, chunks)
  }

  #load(): void {
    const allSeries = [...readSeries(this.#directory, this.#files, this.#snapshot)]
    const chunks = allSeries.map((): DurableChunk[] => [])
    for (const { series, sealed } of readSealedChunks(this.#directory, this.#files, this.#snapshot, chunks.length)) {
      chunks[series]!.push(DurableChunk.sealed(this.#home, series, sealed))
      this.#sealedBytes += sealed.byteLength
    }
    for (const series of allSeries) this.#table.intern(series, (id) => this.#createSamples(id, chunks[id]!))
    this.#seriesWritten = this.#table.size
    for (const { sequence, record } of readJournal(this.#directory, this.#files, this.#snapshot, chunks.length)) {
      this.#replay(sequence, record)
    }
    this.#journalCostBefore = this.#journal.cost
  }

  /** Does again what a record says. Parts of it may be in sealed chunks already; doing it twice changes nothing. */
  #replay(sequence: number, record: JournalRecord): void {
    this.#journal.resume(sequence)
    if (record.kind === 'removals') {
      for (const removal of record.removals) this.#remove(removal)
      this.#journal.endReplayed(record.removals.length)
      return
    }
    const { series, timestamps, values } = record.columns
    for (let index = 0; index < series.length; index++) {
      this.#table.samples[series[index]!]!.append(timestamps[index]!, values[index]!)
    }
    this.#journal.endReplayed(series.length)
  }

  #readOnly(): SlungError {
    return new SlungError('store-failed', `cannot write to the store "${this.#directory}": it was opened to be read`)
  }
}

/** A damaged chunk stays where it is: whoever asks for its samples is told, and new ones are written all the same. */
function readOrNothing(chunk: DurableChunk): Columns | undefined {
  try {
    return chunk.columns()
  } catch (error) {
    if (error instanceof SlungError && error.code === 'store-corrupt') return undefined
    throw error
  }
}

interface AssembledBatch {
  readonly batch: CommitBatch
  /** The chunks of `batch.seals`. */
  readonly sent: readonly SentChunk[]
  /** It would change nothing. */
  readonly isEmpty: boolean
}

/** A chunk on its way to the disk, and where it goes. */
interface SentChunk {
  readonly chunk: DurableChunk
  readonly first: Micros
}
