/**
 * The contract of the store that samples are appended to. Two implementations keep it: columns in memory
 * (`memory-store.ts`), and a durable one for `slung run --data`. `testing/sample-head.conformance.ts` is the contract
 * as tests.
 *
 * Live queries build on the head, so it is local: everything except durability is synchronous and takes effect
 * immediately, and the next read sees what was appended. The head answers reads of what it holds, which makes it a
 * source of history too.
 */
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { Series } from '../model/series.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { LocalHistory, Selection, SeriesId } from './history-source.ts'
import type { StoredChunk } from './series-samples.ts'

/** Receives the index of a sample in its batch, and the value that the store had at its (series, timestamp). */
export type OnReplaced = (index: number, replaced: number) => void

/** What a store may keep. */
export interface Retention {
  /** Nothing older than this, exclusive; `null` = of any age. */
  readonly before: Micros | null
  /** At most this many bytes of sealed chunks; `null` = any number. Has no effect in memory. */
  readonly bytesMax: number | null
}

/** How much a store holds. */
export interface StoreCounts {
  /** Series that are known. */
  readonly series: number
  /** What their names and tags take: the bytes of all of them in UTF-8, and 128 for each different one. */
  readonly labelBytes: number
  /** Samples appended but not durable yet; 0 in a store that keeps nothing. */
  readonly uncommitted: number
  /** Bytes of compressed chunks on disk; `null` in a store without a disk. */
  readonly sealedBytes: number | null
}

export interface SampleHead extends LocalHistory {
  /** The id of a series; `undefined` for one that is not known. */
  find(series: Series): SeriesId | undefined

  /**
   * Returns the id of a series, which is added when it is new. Ids ascend in order of first appearance; that of a
   * removed series is not used again.
   */
  intern(series: Series): SeriesId

  /** What `counts().labelBytes` would grow by with a series that is not known. */
  labelBytesOf(series: Series): number

  /** The series of an id that `intern` or a read returned, and that was not removed since. */
  series(id: SeriesId): Series

  /** The ids of all series in a selection, ascending. */
  match(selection: Selection): readonly SeriesId[]

  /** The same in steps. Series that appear in between may be missing. */
  matchInSteps(selection: Selection, slice: Slice): Steps<readonly SeriesId[]>

  /**
   * The first chunk of a series that ends at or after a timestamp; `undefined` when there is none. For reading, until
   * the next change of the store.
   */
  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined

  /** The last chunk of a series that begins at or before a timestamp, as `chunkFrom`. */
  chunkUntil(id: SeriesId, timestamp: Micros): StoredChunk | undefined

  /**
   * The first chunk of a series that ends at or after a timestamp; `undefined` when there is none. For reading, until
   * the next change of the store.
   */
  chunkFrom(id: SeriesId, timestamp: Micros): StoredChunk | undefined

  /**
   * Stores a batch, in any order of time. A second sample at the same (series, timestamp) replaces the first.
   *
   * @param onReplaced - hears of each sample that replaces one
   * @returns what could not be stored, ascending by index, each with a reason such as `store-corrupt`; usually nothing
   */
  append(batch: SampleBatch, onReplaced?: OnReplaced): readonly AppendRefusal[]

  /** The newest timestamp in a selection, at or before `until` if given; `undefined` without samples. */
  newest(selection: Selection, until?: Micros): Micros | undefined

  /**
   * Removes the oldest samples. A store that keeps chunks on disk removes whole chunks, so samples that share a chunk
   * with newer ones stay: cutting a chunk would rewrite it every time. Series stay known until `removeEmpty`.
   *
   * @returns how many samples were removed
   */
  retain(bounds: Retention): number

  /**
   * Removes the series that have no samples. A sample that arrives later for the same name and tags begins another
   * series, with another id.
   *
   * @param isInUse - whether somebody may still ask for the series of an id; it stays, then
   * @returns the ids that are gone
   */
  removeEmpty(isInUse: (id: SeriesId) => boolean): readonly SeriesId[]

  /** How much the store holds; costs next to nothing. */
  counts(): StoreCounts

  /**
   * Resolves once everything appended before this call is as durable as the store can make it.
   *
   * @throws {SlungError} `store-failed` when the samples cannot be written. Nothing is lost: they stay in the store and
   *   in line, and the next commit tries again.
   */
  commit(): Promise<void>

  /** Commits what remains and ends the use of the store; no call may follow. @throws {SlungError} `store-failed` */
  close(): Promise<void>
}
