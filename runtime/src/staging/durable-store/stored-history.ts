/**
 * Implements `HistorySource` on the directory of a durable store, as it is at one moment: for reading beside a runtime
 * that keeps writing. Nothing in it writes.
 */
import type { Summary } from '../../engine/aggregate/summary.ts'
import type { Series } from '../../engine/model/series.ts'
import type { TimeSpan } from '../../engine/query/query.ts'
import type { LocalHistory, SampleVisitor, Selection, SeriesId } from '../../engine/store/history-source.ts'
import { openToRead } from './open-store.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { StoredSeries, type ChangeTracker } from './stored-series.ts'

export class StoredHistory implements LocalHistory {
  readonly #files: StoreFiles
  readonly #snapshot: Required<Snapshot>
  readonly #stored: StoredSeries

  private constructor(directory: string, files: StoreFiles) {
    this.#files = files
    this.#snapshot = { transaction: files.environment.useReadTransaction() }
    this.#stored = new StoredSeries(directory, files, this.#snapshot, nothingToWrite, 0)
    this.#stored.load()
  }

  /**
   * Opens the history as it is now. A runtime may have the store open; the history does not show what it writes later.
   * As long as the history is open, the runtime's file cannot reuse the room of what it replaces, so close it soon.
   *
   * @throws {SlungError} `cannot-open-store`, `store-format`, `store-corrupt`
   */
  static open(directory: string): Promise<StoredHistory> {
    return openToRead(directory, (files) => new StoredHistory(directory, files))
  }

  series(id: SeriesId): Series {
    return this.#stored.table.series(id)
  }

  summarise(selection: Selection, span: TimeSpan | null): Summary {
    return this.#stored.table.summarise(selection, span)
  }

  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void {
    this.#stored.table.select(selection, span, visit)
  }

  async close(): Promise<void> {
    this.#stored.close()
    this.#snapshot.transaction.done()
    await this.#files.environment.close()
  }
}

/** The journal is replayed in memory; chunks that it changes stay there. */
const nothingToWrite: ChangeTracker = {
  onDirty: () => 0,
  onReopened: () => {},
  onSplit: () => {},
  onFull: () => {},
  onDiscarded: () => {},
  onJournalRecord: () => {},
  onReplay: () => {},
  onLoaded: () => {},
}
