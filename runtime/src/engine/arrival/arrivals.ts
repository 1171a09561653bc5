/**
 * The order in which samples arrive, and who has seen how much of it.
 *
 * Samples go into the store immediately. Each workflow works through them at its own pace, so what arrived lately is
 * kept here as well, until every reader has it behind itself: for the readers, and so that the store can be read as it
 * was at a reader's position (`as-of.ts`). What is kept is bounded; a reader that falls further behind has its samples
 * set aside (`samples-aside.ts`).
 */
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { ProducerId } from '../model/live-event.ts'
import type { Series } from '../model/series.ts'
import type { Micros } from '../model/timestamp.ts'
import { assertSound, internWithin, noSeriesLimits, type SeriesLimits } from '../store/append-rules.ts'
import type { Selection, SeriesId } from '../store/history-source.ts'
import type { SampleHead } from '../store/sample-head.ts'
import { ForgottenSamples } from './forgotten-samples.ts'
import { KeptArrivals, type Writer } from './kept-arrivals.ts'

/** Arrivals that are kept for readers: some 50 MB. */
const keptMaxDefault = 1_048_576

/** A workflow that works through the arrivals. */
export interface Reader {
  /** Everything up to here is revealed to it; +Infinity = it waits for what comes next. */
  readonly position: number
  /** What arrived up to `forgotten.until` will not be kept: it takes what it still needs. */
  setAside(forgotten: ForgottenSamples): void
  /** The series that it still has to know, whatever is kept: those of what it has set aside. */
  seriesAside(): Iterable<SeriesId>
  /** Forgets series that are removed; nothing of them arrives any more. */
  forgetSeries(ids: readonly SeriesId[]): void
}

export interface ArrivalsOptions {
  /** Owned by the caller, which closes it after the last use. */
  readonly store: SampleHead
  readonly now: () => Micros
  /** Unlimited unless given. */
  readonly limits?: SeriesLimits
  /** Most arrivals kept for readers. */
  readonly keptMax?: number
}

export class Arrivals {
  readonly store: SampleHead
  /** What is kept for readers. */
  readonly kept: KeptArrivals
  readonly #now: () => Micros
  readonly #limits: SeriesLimits
  readonly #keptMax: number
  readonly #readers = new Set<Reader>()
  readonly #writers = new Map<string, Writer>()
  /** When the newest arrival came, and the earliest time at which the next one may. */
  #at: Micros = Number.NEGATIVE_INFINITY
  #next: Micros = Number.NEGATIVE_INFINITY
  #writer: Writer = 0
  #isSameTurn = false

  constructor({ store, now, limits = noSeriesLimits, keptMax = keptMaxDefault }: ArrivalsOptions) {
    this.store = store
    this.#now = now
    this.#limits = limits
    this.#keptMax = keptMax
    this.kept = new KeptArrivals(roomMax(keptMax))
  }

  /** Position of the newest arrival that is not kept any more. */
  get before(): number {
    return this.kept.before
  }

  /** Position of the newest arrival. */
  get newest(): number {
    return this.kept.newest
  }

  /** What stands for a workflow where it writes samples. */
  writerOf(workflow: string): Writer {
    let writer = this.#writers.get(workflow)
    if (writer === undefined) {
      writer = this.#writers.size + 1
      this.#writers.set(workflow, writer)
    }
    return writer
  }

  /** When the newest arrival came; −Infinity before the first. */
  get newestAt(): Micros {
    return this.#at
  }

  /** The id under which samples of this series are appended. @throws {SlungError} `too-many-series`, `too-many-labels` */
  intern(series: Series): SeriesId {
    return internWithin(this.store, series, this.#limits)
  }

  /**
   * Stores a batch, whose samples arrive now, in its order.
   *
   * @returns what the store could not take, ascending by index; usually nothing
   */
  append(batch: SampleBatch, writer: Writer): readonly AppendRefusal[] {
    assertSound(batch)
    this.#stamp(writer)
    if (this.#readers.size === 0) {
      const refusals = this.store.append(batch)
      this.kept.pass(batch.count - refusals.length)
      return refusals
    }
    const replaced: [index: number, value: number][] = []
    const refusals = this.store.append(batch, (index, value) => replaced.push([index, value]))
    this.kept.makeRoom(batch.count)
    if (refusals.length === 0 && batch.count >= blockMin) {
      const before = this.newest
      this.kept.addAll(batch, writer, this.#at)
      for (const [index, value] of replaced) this.kept.setReplaced(before + 1 + index, value)
      return refusals
    }
    let [refused, replacement] = [0, 0]
    for (let index = 0; index < batch.count; index++) {
      if (refused < refusals.length && refusals[refused]!.index === index) {
        refused++
        continue
      }
      this.kept.add(batch, index, writer, this.#at)
      if (replacement < replaced.length && replaced[replacement]![0] === index) {
        this.kept.setReplaced(this.newest, replaced[replacement++]![1])
      }
    }
    return refusals
  }

  /** Notes that a connection is closed, after everything that came over it. @returns when */
  close(producer: ProducerId): Micros {
    this.#at = this.mark()
    if (this.#readers.size === 0) {
      this.kept.pass(1)
    } else {
      this.kept.makeRoom(1)
      this.kept.addClosing(producer, this.#at)
    }
    return this.#at
  }

  /** A time after all arrivals so far, and not after any later one. */
  mark(): Micros {
    this.#next = Math.max(this.#at + 1, this.#next, this.#now())
    return this.#next
  }

  /**
   * Removes the series that have no samples, except those of which a reader may still hear.
   *
   * @returns the ids that are gone, for good
   */
  removeEmptySeries(): readonly SeriesId[] {
    const aside = new Set<SeriesId>()
    for (const reader of this.#readers) for (const id of reader.seriesAside()) aside.add(id)
    const removed = this.store.removeEmpty((id) => this.latestOf(id) > this.before || aside.has(id))
    for (const id of removed) this.kept.forgetSeries(id)
    if (removed.length > 0) for (const reader of this.#readers) reader.forgetSeries(removed)
    return removed
  }

  /** Lets a time pass: whatever arrives from now on arrives after it. */
  passTime(at: Micros): void {
    this.#next = Math.max(this.#next, at + 1)
  }

  /** To be called at the end of each event turn: what arrives in one turn, from one writer, arrives at the same time. */
  endTurn(): void {
    this.#isSameTurn = false
    this.#forget()
  }

  /** Keeps what arrives from now on until the reader has seen it. */
  addReader(reader: Reader): void {
    this.#readers.add(reader)
  }

  removeReader(reader: Reader): void {
    this.#readers.delete(reader)
    this.#forget()
  }

  /** The ids of all series in a selection. */
  match(selection: Selection): readonly SeriesId[] {
    return this.store.match(selection)
  }

  /** Position of the newest arrival of a series; 0 before the first. It may not be kept any more. */
  latestOf(series: SeriesId): number {
    return this.kept.latestOf(series)
  }

  /** Position of the newest arrival at or before a time; 0 when there is none among those that are kept. */
  positionAt(at: Micros): number {
    const { kept } = this
    let low = kept.before + 1
    let high = low + kept.count
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (kept.ats[kept.indexOf(middle)]! <= at) low = middle + 1
      else high = middle
    }
    return low - 1 === kept.before ? 0 : low - 1
  }

  #stamp(writer: Writer): void {
    const isOther = writer !== this.#writer
    if (this.#isSameTurn && !isOther && this.#next <= this.#at) return
    // What each writer writes is recorded in a file of its own: only the time keeps the order between them.
    this.#at = Math.max(isOther ? this.#at + 1 : this.#at, this.#next, this.#now())
    this.#isSameTurn = true
    this.#writer = writer
  }

  /** Forgets what all readers have seen; and, beyond the limit, the oldest of what some have not. */
  #forget(): void {
    let seen = this.newest
    for (const reader of this.#readers) seen = Math.min(seen, reader.position)
    this.kept.forgetUntil(seen)
    if (this.kept.count <= this.#keptMax) return
    // Some more than necessary, so that it does not happen in every turn; not so many that it takes long.
    const position = this.newest - this.#keptMax + Math.floor(this.#keptMax / 16)
    const forgotten = new ForgottenSamples(this.kept, position)
    for (const reader of this.#readers) if (reader.position < position) reader.setAside(forgotten)
    this.kept.forgetUntil(position)
  }
}

/** For fewer samples, copying block by block is slower. */
const blockMin = 16

/** A turn's arrivals fit in above what is kept, unless there are very many. */
function roomMax(keptMax: number): number {
  return keptMax + keptMax / 8
}
