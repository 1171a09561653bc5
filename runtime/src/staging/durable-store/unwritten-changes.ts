/**
 * What the disk does not have yet: samples in the journal's next record, chunks to seal, series and deletions. It
 * assembles the batch of a group commit from them, and forgets them when they are on the disk.
 */
import { seriesKey } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { AppendRefusal, SampleBatch } from '../../engine/model/columns.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { decodeSealedChunk } from './chunk-bytes.ts'
import { checksumBytes } from './damaged-bytes.ts'
import { durableSamplesMax, type DurableChunk } from './durable-chunk.ts'
import { Journal } from './journal.ts'
import type { Removal } from './journal-record.ts'
import type { ChangeTracker, StoredSeries } from './stored-series.ts'
import type { StoreTotals } from './store-totals.ts'
import { UnsealedChunks } from './unsealed-chunks.ts'
import type { ChangedState, ChunkName, ChunkSeal, CommitBatch, StoredSeriesKey } from './writer-messages.ts'

/** A batch to be written. */
export interface AssembledBatch {
  readonly batch: CommitBatch
  /** The chunks of `batch.seals`. */
  readonly sent: readonly SentChunk[]
  /** How many of all samples ever appended are durable once it is written. */
  readonly appendedCount: number
  /** Writing it would change nothing. */
  readonly isEmpty: boolean
}

/** A chunk on its way to the disk, and where it goes. */
interface SentChunk {
  readonly chunk: DurableChunk
  readonly first: Micros
}

interface RemovedSeries {
  readonly id: SeriesId
  /** Records of the journal before this one may be about it. */
  readonly since: number
  /** Whether the disk has noted, or will note with a batch that was assembled, that it is removed. */
  readonly isWritten: boolean
}

export class UnwrittenChanges implements ChangeTracker {
  readonly #unsealed = new UnsealedChunks()
  readonly #journal = new Journal()
  /** Keys to be deleted with the next batch. */
  #deletes: ChunkName[] = []
  #newSeries: SeriesId[] = []
  /** Removed series of which the disk has something, oldest first. */
  #removedSeries: RemovedSeries[] = []
  #committedCount = 0
  #journalCostBefore = 0
  /** The batches so far remove the records before this one from the disk. */
  #journalKeptFrom = 0
  /** The chunks of unconfirmed batches, oldest batch first. */
  readonly #sealing: (readonly SentChunk[])[] = []

  /** Appended samples that are not on the disk. */
  get sampleCount(): number {
    return this.#journal.appendedCount - this.#committedCount
  }

  /** Whether a batch was sent but not confirmed: it failed, or is on its way. */
  get isUnconfirmed(): boolean {
    return this.#sealing.length > 0
  }

  onDirty(chunk: DurableChunk): number {
    this.#unsealed.add(chunk, this.#journal.sequence)
    return this.#journal.sequence
  }

  onReopened(chunk: DurableChunk): void {
    this.#unsealed.addReopened(chunk)
  }

  onSplit(older: DurableChunk, newer: DurableChunk): void {
    this.#unsealed.add(newer, newer.dirtySince!)
    this.#unsealed.addDue(older)
    this.#unsealed.addDue(newer)
  }

  onFull(chunk: DurableChunk): void {
    this.#unsealed.addDue(chunk)
  }

  onDiscarded(chunk: DurableChunk): void {
    if (chunk.sentFirst !== undefined) this.#deletes.push({ series: chunk.series, first: chunk.sentFirst })
    this.#unsealed.remove(chunk)
  }

  onJournalRecord(sequence: number, entryCount: number): void {
    this.#journal.enter(sequence, entryCount)
  }

  onReplay(sequence: number): void {
    this.#journal.resume(sequence)
  }

  onLoaded(removed: Iterable<SeriesId>, { journalFirst, journalNext }: StoreTotals): void {
    this.#journal.resume(journalNext)
    for (const id of removed) this.#removedSeries.push({ id, since: journalNext, isWritten: true })
    this.#journalCostBefore = this.#journal.cost
    this.#journalKeptFrom = journalFirst
  }

  /** Notes a new series. */
  addSeries(id: SeriesId): void {
    this.#newSeries.push(id)
  }

  /** Notes that series are removed, which have no samples. */
  addRemovedSeries(ids: readonly SeriesId[]): void {
    this.#journal.endRecord()
    for (const id of ids) this.#removedSeries.push({ id, since: this.#journal.sequence, isWritten: false })
    const removed = new Set(ids)
    this.#newSeries = this.#newSeries.filter((id) => !removed.has(id))
  }

  /** Notes appended samples. @param refusals - those that were not appended, ascending by index */
  addSamples(batch: SampleBatch, refusals: readonly AppendRefusal[]): void {
    this.#journal.append(batch, refusals)
  }

  /** Notes that samples were removed. */
  addRemovals(removals: readonly Removal[]): void {
    this.#journal.addRemovals(removals)
  }

  /**
   * The next batch; everything in it counts as on its way from now on, and what is appended later belongs to the one
   * after.
   *
   * @param states - what workflows remember differently now
   */
  assemble(stored: StoredSeries, states: readonly ChangedState[]): AssembledBatch {
    const { appendedCount } = this.#journal
    this.#journal.endRecord()
    const newCost = Math.max(0, this.#journal.cost - this.#journalCostBefore)
    const chosen = this.#unsealed.choose(this.#journal, newCost)
    const sent: SentChunk[] = []
    const seals: ChunkSeal[] = []
    for (const chunk of chosen) {
      // Another chunk may have absorbed it.
      if (chunk.dirtySince === undefined) continue
      seals.push(this.#seal(chunk, stored))
      sent.push({ chunk, first: chunk.first })
    }
    const next = this.#journal.sequence
    const keepFrom = this.#unsealed.oldestSince ?? next
    const records = this.#journal.take(keepFrom)
    this.#journalCostBefore = this.#journal.cost
    const series: StoredSeriesKey[] = this.#newSeries.map((id) => ({ id, key: seriesKey(stored.table.series(id)) }))
    this.#newSeries = []
    const forgotten = this.#forgetSeries(keepFrom, series)
    const deletes = this.#deletes
    this.#deletes = []
    const isEmpty =
      series.length + forgotten.length + records.length + states.length + deletes.length + seals.length === 0 &&
      keepFrom === this.#journalKeptFrom
    this.#journalKeptFrom = keepFrom
    const { entryCount: journalEntries } = this.#journal
    return {
      batch: { series, forgotten, records, states, deletes, seals, keepFrom, next, journalEntries },
      sent,
      appendedCount,
      isEmpty,
    }
  }

  /** Notes that a batch is on its way to the disk. */
  send({ sent }: AssembledBatch): void {
    this.#sealing.push(sent)
  }

  /**
   * Notes that a batch is on the disk, with those before it.
   *
   * @param summaries - the encoded summaries of the chunks of each batch that was unconfirmed
   */
  confirm(
    { appendedCount }: AssembledBatch,
    summaries: readonly (readonly Uint8Array[])[],
    stored: StoredSeries,
  ): void {
    this.#committedCount = appendedCount
    for (const ofBatch of summaries) {
      for (const [index, { chunk, first }] of this.#sealing.shift()!.entries()) {
        if (!chunk.isDiscarded)
          stored.finishSealing(chunk, decodeSealedChunk(first, ofBatch[index]!.subarray(checksumBytes)))
      }
    }
  }

  /**
   * The removed series that no record of the journal is about any more.
   *
   * @param keepFrom - the first record that is kept
   * @param series - gains the others, unless the disk has noted their removal
   */
  #forgetSeries(keepFrom: number, series: StoredSeriesKey[]): SeriesId[] {
    const forgotten: SeriesId[] = []
    const left: RemovedSeries[] = []
    for (const removed of this.#removedSeries) {
      if (removed.since <= keepFrom) {
        forgotten.push(removed.id)
      } else {
        if (!removed.isWritten) series.push({ id: removed.id, key: null })
        left.push({ ...removed, isWritten: true })
      }
    }
    this.#removedSeries = left
    return forgotten
  }

  #seal(chunk: DurableChunk, stored: StoredSeries): ChunkSeal {
    mergeWithSmaller(chunk, stored)
    const { series, first, sentFirst } = chunk
    if (sentFirst !== undefined && sentFirst !== first) this.#deletes.push({ series, first: sentFirst })
    chunk.startSealing()
    this.#unsealed.remove(chunk)
    return { series, first, columns: chunk.columns() }
  }
}

/**
 * A chunk that is sealed before it is full absorbs the preceding chunks that are no larger: so a slow series, or a
 * store that is opened and closed often, has few chunks, and a sample is rewritten some ten times at most.
 */
function mergeWithSmaller(chunk: DurableChunk, stored: StoredSeries): void {
  const samples = stored.table.samplesOf(chunk.series)
  for (;;) {
    let columns: Columns | undefined
    const previous = samples.takePrevious(chunk, (candidate) => {
      if (candidate.count > chunk.count || candidate.count + chunk.count > durableSamplesMax) return false
      columns = readOrNothing(candidate)
      return columns !== undefined
    })
    if (previous === undefined || columns === undefined) return
    chunk.prepend(columns)
    stored.discard(previous)
  }
}

/**
 * A damaged chunk stays where it is: reading its samples reports the damage, and new samples are written all the same.
 */
function readOrNothing(chunk: DurableChunk): Columns | undefined {
  try {
    return chunk.columns()
  } catch (error) {
    if (error instanceof SlungError && error.code === 'store-corrupt') return undefined
    throw error
  }
}
