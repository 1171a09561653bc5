/**
 * The order in which samples arrive, and who has seen how much of it.
 *
 * Samples go into the store immediately. Each workflow works through them at its own pace, so what arrived lately is
 * kept here as well, until every reader has it behind itself: for the readers, and so that the store can be read as it
 * was at a reader's position (`as-of.ts`). What is kept is bounded; a reader that falls further behind has its samples
 * set aside (`arrival-reader.ts`).
 */
import type { AppendRefusal, SampleBatch } from '../model/columns.ts'
import type { ProducerId } from '../model/live-event.ts'
import { NumberTable } from '../model/number-table.ts'
import type { Series } from '../model/series.ts'
import type { Micros } from '../model/timestamp.ts'
import { assertSound, internWithin, noSeriesLimits, type SeriesLimits } from '../store/append-rules.ts'
import type { Selection, SeriesId } from '../store/history-source.ts'
import type { SampleHead } from '../store/sample-head.ts'

type Doubles = Float64Array<SharedArrayBuffer>
type Integers = Uint32Array<SharedArrayBuffer>

const lengthMin = 1024

/** Arrivals that are kept for readers: some 50 MB. */
const keptMaxDefault = 1_048_576

/** Stands in the place of a series where the closing of a connection arrives. */
export const closing: SeriesId = 0xffff_ffff

/** A workflow, where it writes samples; 0 = they came from outside. */
export type Writer = number

/** A workflow that works through the arrivals. */
export interface Reader {
  /** Everything up to here is revealed to it; +Infinity = it waits for what comes next. */
  readonly position: number
  /** What arrived up to `position` will not be kept: it takes what it still needs. */
  setAside(position: number): void
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

/** An arrival is known by its position: its number in the order of arrival, from 1. */
export class Arrivals {
  readonly store: SampleHead
  readonly #now: () => Micros
  readonly #limits: SeriesLimits
  readonly #keptMax: number
  readonly #readers = new Set<Reader>()
  /** The kept arrivals, each at `indexOf` its position; of `closing`, only the producer counts. For reading. */
  series: Integers = integers(lengthMin)
  timestamps: Doubles = doubles(lengthMin)
  values: Doubles = doubles(lengthMin)
  producers: Doubles = doubles(lengthMin)
  ats: Doubles = doubles(lengthMin)
  writers: Integers = integers(lengthMin)
  #previous: Doubles = doubles(lengthMin)
  /** By series. */
  readonly #latest = new NumberTable()
  /** Where the first kept arrival is in the columns, which are rings: after their last entry comes their first. */
  #start = 0
  #count = 0
  #before = 0
  readonly #replaced = new Map<number, number>()
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
  }

  /** Position of the newest arrival that is not kept any more. */
  get before(): number {
    return this.#before
  }

  /** Position of the newest arrival. */
  get newest(): number {
    return this.#before + this.#count
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
      this.#before += batch.count - refusals.length
      return refusals
    }
    const replaced: [index: number, value: number][] = []
    const refusals = this.store.append(batch, (index, value) => replaced.push([index, value]))
    this.#makeRoom(batch.count)
    if (refusals.length === 0 && batch.count >= blockMin) {
      const before = this.newest
      this.#keepAll(batch, writer)
      for (const [index, value] of replaced) this.#replaced.set(before + 1 + index, value)
      return refusals
    }
    let [refused, replacement] = [0, 0]
    for (let index = 0; index < batch.count; index++) {
      if (refused < refusals.length && refusals[refused]!.index === index) {
        refused++
        continue
      }
      this.#keep(batch.series[index]!, batch.timestamps[index]!, batch.values[index]!, batch.producers[index]!, writer)
      if (replacement < replaced.length && replaced[replacement]![0] === index) {
        this.#replaced.set(this.newest, replaced[replacement++]![1])
      }
    }
    return refusals
  }

  /** Notes that a connection is closed, after everything that came over it. @returns when */
  close(producer: ProducerId): Micros {
    this.#at = this.mark()
    if (this.#readers.size === 0) {
      this.#before++
    } else {
      this.#makeRoom(1)
      this.#keep(closing, 0, 0, producer, 0)
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
    const removed = this.store.removeEmpty((id) => this.latestOf(id) > this.#before || aside.has(id))
    for (const id of removed) this.#latest.delete(id)
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

  /** Where in the columns a position is. */
  indexOf(position: number): number {
    const index = this.#start + position - this.#before - 1
    return index < this.series.length ? index : index - this.series.length
  }

  /** The ids of all series in a selection. */
  match(selection: Selection): readonly SeriesId[] {
    return this.store.match(selection)
  }

  /** Position of the newest arrival of a series; 0 before the first. It may not be kept any more. */
  latestOf(series: SeriesId): number {
    return this.#latest.get(series)
  }

  /** Position of the arrival of the same series before a kept one, as `latestOf`. */
  previousTo(position: number): number {
    return this.#previous[this.indexOf(position)]!
  }

  /** The value that the store had before a kept arrival; NaN = no sample at its (series, timestamp). */
  replacedAt(position: number): number {
    return this.#replaced.get(position) ?? Number.NaN
  }

  /** Position of the newest arrival at or before a time; 0 when there is none among those that are kept. */
  positionAt(at: Micros): number {
    let low = this.#before + 1
    let high = low + this.#count
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if (this.ats[this.indexOf(middle)]! <= at) low = middle + 1
      else high = middle
    }
    return low - 1 === this.#before ? 0 : low - 1
  }

  #stamp(writer: Writer): void {
    const isOther = writer !== this.#writer
    if (this.#isSameTurn && !isOther && this.#next <= this.#at) return
    // What each writer writes is recorded in a file of its own: only the time keeps the order between them.
    this.#at = Math.max(isOther ? this.#at + 1 : this.#at, this.#next, this.#now())
    this.#isSameTurn = true
    this.#writer = writer
  }

  #keep(series: SeriesId, timestamp: Micros, value: number, producer: ProducerId, writer: Writer): void {
    const end = this.#start + this.#count++
    const index = end < this.series.length ? end : end - this.series.length
    if (series !== closing) {
      this.#previous[index] = this.latestOf(series)
      this.#latest.set(series, this.newest)
    }
    this.series[index] = series
    this.timestamps[index] = timestamp
    this.values[index] = value
    this.producers[index] = producer
    this.ats[index] = this.#at
    this.writers[index] = writer
  }

  /** The same for a whole batch, several times as fast. */
  #keepAll({ count, series, timestamps, values, producers }: SampleBatch, writer: Writer): void {
    for (let from = 0; from < count;) {
      const end = this.#start + this.#count
      const index = end < this.series.length ? end : end - this.series.length
      const to = Math.min(count, from + this.series.length - index)
      this.series.set(series.subarray(from, to), index)
      this.timestamps.set(timestamps.subarray(from, to), index)
      this.values.set(values.subarray(from, to), index)
      this.producers.set(producers.subarray(from, to), index)
      this.ats.fill(this.#at, index, index + to - from)
      this.writers.fill(writer, index, index + to - from)
      this.#link(series, from, to, index)
      this.#count += to - from
      from = to
    }
  }

  /** Notes which arrival of the same series was before each. */
  #link(series: Uint32Array, from: number, to: number, index: number): void {
    const previous = this.#previous
    const latest = this.#latest
    let position = this.newest
    for (let at = from; at < to; at++, index++) {
      const id = series[at]!
      previous[index] = latest.get(id)
      latest.set(id, ++position)
    }
  }

  /** Makes room for so many more. */
  #makeRoom(count: number): void {
    const needed = this.#count + count
    if (needed <= this.series.length) return
    // Not twice as much as is ever kept.
    const length = Math.max(needed, Math.min(2 * this.series.length, roomMax(this.#keptMax)))
    const [start, first] = [this.#start, Math.min(this.#count, this.series.length - this.#start)]
    const unrolled = <Kind extends Doubles | Integers>(column: Kind, grown: Kind): Kind => {
      grown.set(column.subarray(start, start + first))
      grown.set(column.subarray(0, this.#count - first), first)
      return grown
    }
    this.series = unrolled(this.series, integers(length))
    this.timestamps = unrolled(this.timestamps, doubles(length))
    this.values = unrolled(this.values, doubles(length))
    this.producers = unrolled(this.producers, doubles(length))
    this.ats = unrolled(this.ats, doubles(length))
    this.writers = unrolled(this.writers, integers(length))
    this.#previous = unrolled(this.#previous, doubles(length))
    this.#start = 0
  }

  /** Forgets what all readers have seen; and, beyond the limit, the oldest of what some have not. */
  #forget(): void {
    let seen = this.newest
    for (const reader of this.#readers) seen = Math.min(seen, reader.position)
    this.#forgetUntil(seen)
    if (this.#count <= this.#keptMax) return
    // Some more than necessary, so that it does not happen in every turn; not so many that it takes long.
    const position = this.newest - this.#keptMax + Math.floor(this.#keptMax / 16)
    for (const reader of this.#readers) if (reader.position < position) reader.setAside(position)
    this.#forgetUntil(position)
  }

  #forgetUntil(position: number): void {
    if (position > this.#before) {
      this.#start = this.indexOf(position + 1)
      this.#count -= position - this.#before
      this.#before = position
    }
    if (this.#count === 0) this.#start = 0
    for (const replaced of this.#replaced.keys()) {
      if (replaced > position) break
      this.#replaced.delete(replaced)
    }
  }
}

// Shared only because V8 does not count shared buffers: for 50 MB that stay, it would look for garbage more often.
const doubles = (length: number): Doubles => new Float64Array(new SharedArrayBuffer(length * 8))
const integers = (length: number): Integers => new Uint32Array(new SharedArrayBuffer(length * 4))

/** For fewer samples, copying block by block is slower. */
const blockMin = 16

/** A turn's arrivals fit in above what is kept, unless there are very many. */
function roomMax(keptMax: number): number {
  return keptMax + keptMax / 8
}
