/**
 * Implements `SampleHead`, and with it `HistorySource`, on LMDB: appended samples are in memory immediately, and on the
 * disk with the next group commit.
 *
 * Every sample goes two ways: into the open chunk of its series, which is sealed (compressed, written, and dropped from
 * memory except for its summary) when it is full; and into the journal, which holds what is not in sealed chunks, so
 * that reopening the store finds everything that was committed. A separate thread does all the writing, in one
 * transaction per commit.
 */
import type { AppendRefusal, SampleBatch } from '../../engine/model/columns.ts'
import type { Series } from '../../engine/model/series.ts'
import type { Slice, Steps } from '../../engine/model/steps.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { TimeSpan } from '../../engine/query/query.ts'
import type { Summary } from '../../engine/aggregate/summary.ts'
import type { SampleVisitor, Selection, SeriesId } from '../../engine/store/history-source.ts'
import type { OnReplaced, Retention, SampleHead, StoreCounts } from '../../engine/store/sample-head.ts'
import type { StateStore } from '../../engine/store/state-store.ts'
import type { StateChange, StateValues } from '../../engine/model/state-values.ts'
import type { StoredChunk } from '../../engine/store/series-samples.ts'
import { CommitQueue } from './commit-queue.ts'
import type { DirectoryLock } from './directory-lock.ts'
import type { Removal } from './journal-record.ts'
import { openToWrite, type Ownership } from './open-store.ts'
import { chunksBefore, oldestSealed } from './retention.ts'
import type { StoreFiles } from './store-files.ts'
import { StoredSeries } from './stored-series.ts'
import { StoredStates } from './stored-states.ts'
import { UnwrittenChanges } from './unwritten-changes.ts'
import { WriterThread } from './writer-thread.ts'

export class DurableStore implements SampleHead, StateStore {
  readonly #files: StoreFiles
  readonly #lock: DirectoryLock
  readonly #writer: WriterThread
  readonly #changes = new UnwrittenChanges()
  readonly #stored: StoredSeries
  readonly #states: StoredStates
  readonly #commits = new CommitQueue(() => this.#commit())

  private constructor(directory: string, files: StoreFiles, { lock, session }: Ownership, hashSeed: number) {
    this.#files = files
    this.#lock = lock
    this.#stored = new StoredSeries(directory, files, {}, this.#changes, hashSeed)
    this.#stored.load()
    this.#states = new StoredStates(directory, files)
    // Those whose samples an earlier version removed, and which it kept.
    this.removeEmpty(() => false)
    this.#writer = new WriterThread({ directory, session })
  }

  /**
   * Opens a store for reading and writing, and creates it where it is missing. No other process can open it to write
   * until it is closed.
   *
   * @param hashSeed - 32 bits that senders of series do not know; changes no result
   * @throws {SlungError} `cannot-open-store`, `store-in-use`, `store-format`, `store-corrupt`
   */
  static open(directory: string, { hashSeed = 0 }: { readonly hashSeed?: number } = {}): Promise<DurableStore> {
    return openToWrite(directory, (files, ownership) => new DurableStore(directory, files, ownership, hashSeed))
  }

  find(series: Series): SeriesId | undefined {
    return this.#stored.table.find(series)
  }

  intern(series: Series): SeriesId {
    const { nextId } = this.#stored.table
    const id = this.#stored.intern(series)
    if (id === nextId) this.#changes.addSeries(id)
    return id
  }

  labelBytesOf(series: Series): number {
    return this.#stored.table.labelBytesOf(series)
  }

  series(id: SeriesId): Series {
    return this.#stored.table.series(id)
  }

  match(selection: Selection): readonly SeriesId[] {
    return this.#stored.table.match(selection)
  }

  matchInSteps(selection: Selection, slice: Slice): Steps<readonly SeriesId[]> {
    return this.#stored.table.matchInSteps(selection, slice)
  }

  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#stored.table.chunkFrom(id, timestamp)
  }

  chunkUntil(id: SeriesId, timestamp: Micros): StoredChunk | undefined {
    return this.#stored.table.chunkUntil(id, timestamp)
  }

  /** Refuses a late sample whose chunk cannot be read, with `store-corrupt`. */
  append(batch: SampleBatch, onReplaced?: OnReplaced): readonly AppendRefusal[] {
    const refusals = this.#stored.table.append(batch, onReplaced)
    this.#changes.addSamples(batch, refusals)
    return refusals
  }

  newest(selection: Selection, until?: Micros): Micros | undefined {
    return this.#stored.table.newest(selection, until)
  }

  summarise(selection: Selection, span: TimeSpan | null): Summary {
    return this.#stored.table.summarise(selection, span)
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    this.#stored.table.select(selection, span, visit)
  }

  stateOf(workflow: string): StateValues {
    return this.#states.stateOf(workflow)
  }

  changeState(workflow: string, changes: readonly StateChange[]): void {
    this.#states.changeState(workflow, changes)
  }

  retain({ before, bytesMax }: Retention): number {
    const { table } = this.#stored
    let removed = 0
    if (before !== null) removed += this.#removeAll(chunksBefore(table.allSamples(), before))
    if (bytesMax !== null) {
      const excessBytes = this.#stored.sealedBytes - bytesMax
      removed += this.#removeAll(oldestSealed(table.allSamples(), excessBytes))
    }
    return removed
  }

  removeEmpty(isInUse: (id: SeriesId) => boolean): readonly SeriesId[] {
    const removed = this.#stored.table.removeEmpty(isInUse)
    if (removed.length > 0) this.#changes.addRemovedSeries(removed)
    return removed
  }

  counts(): StoreCounts {
    const { table, sealedBytes } = this.#stored
    const { size, labelBytes } = table
    return { series: size, labelBytes, uncommitted: this.#changes.sampleCount, sealedBytes }
  }

  commit(): Promise<void> {
    return this.#commits.ask()
  }

  async close(): Promise<void> {
    try {
      await this.#commits.idle()
      // What is in no sealed chunk stays in the journal: sealing it now would take as long as writing all of it.
      await this.#commit()
    } finally {
      await this.#writer.close()
      this.#stored.close()
      await this.#files.environment.close()
      await this.#lock.release()
    }
  }

  /** Writes what has been appended so far. */
  async #commit(): Promise<void> {
    const assembled = this.#changes.assemble(this.#stored, this.#states.takeUnwritten())
    // After a batch that failed, even an empty one is a reason to try again.
    if (assembled.isEmpty && !this.#changes.isUnconfirmed) return
    this.#changes.send(assembled)
    const summaries = await this.#writer.commit(assembled.batch)
    // A read transaction lasts for an event turn, and this one may have begun before the commit.
    this.#files.environment.resetReadTxn()
    this.#stored.committed()
    this.#changes.confirm(assembled, summaries, this.#stored)
  }

  #removeAll(removals: readonly Removal[]): number {
    let removed = 0
    for (const removal of removals) removed += this.#stored.remove(removal)
    if (removed > 0) this.#changes.addRemovals(removals)
    return removed
  }
}
