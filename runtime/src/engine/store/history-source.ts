/**
 * The contract of every source of past samples: the stores themselves, a data directory opened only for reading, or a
 * database elsewhere. `testing/history-source.conformance.ts` is the contract as tests.
 *
 * A source reads and changes nothing. It may answer with a promise, so code that accepts any source must be able to
 * wait; `LocalHistory` is for code that cannot. Either way, a read covers everything that the source held when it was
 * called.
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
  /** The series of an id that a read of this source returned. */
  series(id: SeriesId): Series

  /**
   * Summarises all samples of the selection whose timestamp lies in `span` (both ends inclusive); `null` = all time.
   *
   * @throws {SlungError} `store-corrupt`, or why the source cannot be read; a promise rejects with the same error
   */
  summarise(selection: Selection, span: TimeSpan | null): Eventually<Summary>

  /**
   * Visits all samples of the selection in `span`, oldest first; equal timestamps in ascending order of series id. The last visit
   * happens before this returns, or before its promise resolves. The visitor must not append.
   *
   * @throws {SlungError} as `summarise`; some samples may have been visited by then
   */
  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): Eventually<void>

  /** Ends the use of the source; no call may follow. */
  close(): Promise<void>
}

/** A local source: it has answered when the call returns, and sees everything appended before the call. */
export interface LocalHistory extends HistorySource {
  summarise(selection: Selection, span: TimeSpan | null): Summary
  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): void
}
