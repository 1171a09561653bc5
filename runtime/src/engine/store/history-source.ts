/**
 * The contract of whatever answers questions about the past: the stores themselves, a data directory that is only read, or a
 * database elsewhere. `testing/history-source.conformance.ts` is the contract as tests.
 *
 * A source reads and changes nothing. It may answer with a promise, so those who ask any source have to wait; `LocalHistory` is
 * for those who cannot. Either way a read covers everything that the source held when the read was called.
 */
import type { Summary } from '../aggregate/summary.ts'
import type { Eventually } from '../model/eventually.ts'
import type { Series } from '../model/series.ts'
import type { Micros } from '../model/timestamp.ts'
import type { TagExpression, TimeSpan } from '../query/query.ts'

/** A series inside one source: an integer from 0, stable while the source is open. Beside a head, the source uses the head's ids. */
export type SeriesId = number

/** Which series to read: any of `names` (`null` = all), and tags that satisfy `tags`. */
export interface Selection {
  readonly names: readonly string[] | null
  readonly tags: TagExpression
}

/** Receives one sample of a read. */
export type SampleVisitor = (series: SeriesId, timestamp: Micros, value: number) => void

export interface HistorySource {
  /** The series behind an id that a read of this source gave. */
  series(id: SeriesId): Series

  /**
   * Summarises all samples of the selection whose timestamp lies in `span` (both ends inclusive); `null` = all time.
   *
   * @throws {SlungError} `store-corrupt`, or why it cannot be read; a promise rejects with the same
   */
  summarise(selection: Selection, span: TimeSpan | null): Eventually<Summary>

  /**
   * Visits all samples of the selection in `span`, oldest first; equal timestamps in ascending order of series id. The last visit
   * comes before this returns, or before its promise resolves. The visitor must not append.
   *
   * @throws {SlungError} as `summarise`; some samples may have been visited by then
   */
  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): Eventually<void>

  /** Ends the use of the source; no call may follow. */
  close(): Promise<void>
}

/** A source at hand: it has answered when the call returns, and sees everything appended before the call. */
export interface LocalHistory extends HistorySource {
  summarise(selection: Selection, span: TimeSpan | null): Summary
  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void
}
