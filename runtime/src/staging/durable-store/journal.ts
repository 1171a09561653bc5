/**
 * The journal as the store's own thread knows it: the samples since the last group commit, and which records are on the
 * disk.
 *
 * Records are numbered without gaps. A record gets its sequence number when its first sample arrives, so that a chunk
 * can say from which record on its samples would have to be replayed.
 */
import type { AppendRefusal, SampleBatch } from '../../engine/model/columns.ts'
import { JournalBuffer } from './journal-buffer.ts'
import type { JournalRecord, Removal } from './journal-record.ts'
import type { SequencedRecord } from './writer-messages.ts'

/**
 * What a record costs besides its samples, in samples: a page of LMDB holds some 50 small ones, each replayed
 * separately.
 */
const recordCost = 16

/**
 * A value in LMDB takes adjacent pages, and large holes are rare in a file that is in use: records longer than this
 * (some 20 to 150 KB) make it grow where shorter ones find room.
 */
const recordSamplesMax = 16_384

export class Journal {
  readonly #buffer = new JournalBuffer()
  /** Records that no batch has taken yet. */
  #fresh: SequencedRecord[] = []
  /** All records, oldest first. */
  readonly #ledger: { readonly sequence: number; readonly cost: number }[] = []
  #sequence = 1
  #cost = 0
  #appendedCount = 0

  /** The number of the record that the next sample belongs to. */
  get sequence(): number {
    return this.#sequence
  }

  /** All samples ever appended. */
  get appendedCount(): number {
    return this.#appendedCount
  }

  /** What replaying the journal would cost, in samples. */
  get cost(): number {
    return this.#cost
  }

  /** Samples and removals in all records. */
  get entryCount(): number {
    return this.#cost - recordCost * this.#ledger.length
  }

  /** @param refusals - samples to leave out, ascending by index */
  append(batch: SampleBatch, refusals: readonly AppendRefusal[]): void {
    let start = 0
    for (const { index } of refusals) {
      this.#appendRun(batch, start, index)
      start = index + 1
    }
    this.#appendRun(batch, start, batch.count)
  }

  /** Turns what was appended into a record. */
  endRecord(): void {
    const { count } = this.#buffer
    if (count > 0) this.#add({ kind: 'samples', columns: this.#buffer.take() }, count)
  }

  /** Notes removals of samples, all of which were appended before this call. */
  addRemovals(removals: readonly Removal[]): void {
    this.endRecord()
    this.#add({ kind: 'removals', removals }, removals.length)
  }

  /** Sets the number of the record that a change belongs to: to one that is being replayed, or to the next one. */
  resume(sequence: number): void {
    this.#sequence = sequence
  }

  /** Takes over a record from the disk; to be called in order. */
  enter(sequence: number, entryCount: number): void {
    const cost = entryCount + recordCost
    this.#ledger.push({ sequence, cost })
    this.#cost += cost
  }

  /**
   * The records that no batch has taken yet, for the next batch; without those before `keepFrom`, which are obsolete.
   */
  take(keepFrom: number): SequencedRecord[] {
    const fresh = this.#fresh.filter(({ sequence }) => sequence >= keepFrom)
    this.#fresh = []
    let dropped = 0
    for (; this.#ledger[dropped] !== undefined && this.#ledger[dropped]!.sequence < keepFrom; dropped++) {
      this.#cost -= this.#ledger[dropped]!.cost
    }
    this.#ledger.splice(0, dropped)
    return fresh
  }

  /** The first of the newest records that together cost at most `costMax`. */
  sequenceWithin(costMax: number): number {
    let cost = this.#cost
    let index = 0
    for (; cost > costMax; index++) cost -= this.#ledger[index]!.cost
    return this.#ledger[index]?.sequence ?? this.#sequence
  }

  #appendRun(batch: SampleBatch, from: number, to: number): void {
    for (let start = from; start < to;) {
      const end = Math.min(to, start + recordSamplesMax - this.#buffer.count)
      this.#buffer.append(batch, start, end)
      this.#appendedCount += end - start
      if (this.#buffer.count === recordSamplesMax) this.endRecord()
      start = end
    }
  }

  #add(record: JournalRecord, entryCount: number): void {
    this.#fresh.push({ sequence: this.#sequence, record })
    this.enter(this.#sequence, entryCount)
    this.#sequence++
  }
}
