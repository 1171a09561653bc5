/** What the store and its writer thread say to each other. */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import type { JournalRecord } from './journal-record.ts'

export interface WriterData {
  readonly directory: string
  /** What the store's `meta` table contains as long as this program owns the store. */
  readonly session: string
}

/** One group commit: either all of it reaches the disk, or nothing. */
export interface CommitBatch {
  /** New series, and series that are removed from now on. */
  readonly series: readonly StoredSeriesKey[]
  /** Removed series that nothing else on the disk is about any more. */
  readonly forgotten: readonly SeriesId[]
  readonly records: readonly SequencedRecord[]
  readonly states: readonly ChangedState[]
  /** Chunks that no longer exist; they are deleted before `seals` are written. */
  readonly deletes: readonly ChunkName[]
  readonly seals: readonly ChunkSeal[]
  /** The records of the journal before this one are now in sealed chunks. */
  readonly keepFrom: number
  /** The number of the journal's next record. The seals have what the records before it say. */
  readonly next: number
  /** Samples and removals in the records from `keepFrom` on. */
  readonly journalEntries: number
}

export interface StoredSeriesKey {
  readonly id: SeriesId
  /** As `seriesKey`; `null` = it is removed, and records of the journal may be about it. */
  readonly key: string | null
}

/** `null` = the key is deleted. */
export interface ChangedState {
  readonly workflow: string
  readonly key: string
  readonly value: Uint8Array | null
}

export interface SequencedRecord {
  readonly sequence: number
  readonly record: JournalRecord
}

export interface ChunkName {
  readonly series: SeriesId
  readonly first: Micros
}

export interface ChunkSeal extends ChunkName {
  readonly columns: Columns
}

export type ToWriter = { readonly kind: 'commit'; readonly batch: CommitBatch } | { readonly kind: 'close' }

export type FromWriter =
  /** Every batch so far is on the disk. For the chunks of each, in order: their summaries, encoded. */
  | { readonly kind: 'committed'; readonly batches: readonly (readonly Uint8Array[])[] }
  /** None of the batches since the last success is. They are kept and retried with the next. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'closed' }
