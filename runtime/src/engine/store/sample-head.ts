/**
 * The contract of the store that samples are appended to. Two implementations keep it: columns in memory (`memory-store.ts`), and a
 * durable one for `slung run --data`. `testing/sample-head.conformance.ts` is the contract as tests.
 *
 * Live queries stand on the head, so it is local: everything but durability is synchronous and takes effect at once, and what was
 * appended is seen by the next read. What it holds it can be asked for, which makes it a source of history as well.
 */
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { Series } from '../model/series.ts'
import type { Micros } from '../model/timestamp.ts'
import type { LocalHistory, Selection, SeriesId } from './history-source.ts'

/** What may stay. */
export interface Retention {
  /** Nothing older than this, exclusive; `null` = as old as may be. */
  readonly before: Micros | null
  /** Sealed chunks of no more bytes than this; `null` = of any size. Of no effect in memory. */
  readonly bytesMax: number | null
}

/** How much a store holds. */
export interface StoreCounts {
  /** Series known so far. */
  readonly series: number
  /** Samples that were appended and are not durable yet; 0 in a store that keeps nothing. */
  readonly uncommitted: number
  /** Bytes of compressed chunks on the disk; `null` in a store without one. */
  readonly sealedBytes: number | null
}

export interface SampleHead extends LocalHistory {
  /** The id of a series; `undefined` for one that was never interned. */
  find(series: Series): SeriesId | undefined

  /** Finds the id of a series and adds the series when it is new. Ids count from 0 in order of first appearance. */
  intern(series: Series): SeriesId

  /** The series behind an id that `intern` returned, or a read gave. */
  series(id: SeriesId): Series

  /** The ids of all series in a selection, ascending. */
  match(selection: Selection): readonly SeriesId[]

  /**
   * Stores a batch, in any order of time. A second sample at the same (series, timestamp) replaces the first.
   *
   * @returns what could not be stored, ascending by index, each with a reason such as `store-corrupt`; as a rule, nothing
   */
  append(batch: SampleBatch): readonly AppendRefusal[]

  /** The newest timestamp in a selection; `undefined` without samples. */
  newest(selection: Selection): Micros | undefined

  /**
   * Removes the oldest samples. A store that keeps chunks on a disk removes whole ones, so samples stay that share a chunk with
   * newer ones: cutting a chunk would write it again, every time. Series stay known.
   *
   * @returns how many samples went
   */
  retain(bounds: Retention): number

  /** How much it holds; costs next to nothing. */
  counts(): StoreCounts

  /**
   * Resolves once everything appended before this call is as durable as the store can make it.
   *
   * @throws {SlungError} `store-failed` when it cannot be written. Nothing is lost by that: the samples stay in the store
   *   and in line, and the next commit tries again.
   */
  commit(): Promise<void>

  /** Commits what is left and ends the use of the store; no call may follow. @throws {SlungError} `store-failed` */
  close(): Promise<void>
}
