/**
 * Reads the stored samples that a recording begins with, in slices between the samples that arrive meanwhile. What it
 * finds is what the store held when the recording began: later arrivals are taken out again.
 */
import type { Arrivals, Reader } from '../../engine/arrival/arrivals.ts'
import { grownColumn } from '../../engine/model/columns.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import type { SampleHead } from '../../engine/store/sample-head.ts'
import type { ChunkSamples } from '../../engine/store/series-samples.ts'
import { historySamplesMax, tooMuchHistory } from './history-rows.ts'
import type { SeriesMessage } from './record-protocol.ts'
import type { StoredFact } from './recorded-fact.ts'

export class StoredReading implements Reader {
  /** The newest arrival that was stored when the recording began. */
  readonly position: number
  readonly #arrivals: Arrivals
  readonly #store: SampleHead
  readonly #start: Micros
  readonly #ids: readonly SeriesId[]
  readonly #part = new PartBuilder()
  #index = 0
  #from: Micros
  #changes: SeriesChanges | undefined
  #count = 0
  /** Of `setAside`: whoever calls it has nothing to do with it. */
  #failure: { readonly error: unknown } | undefined

  /** @param start - the first timestamp to read */
  constructor(arrivals: Arrivals, store: SampleHead, start: Micros) {
    this.#arrivals = arrivals
    this.#store = store
    this.#start = start
    this.#from = start
    this.#ids = store.match({ names: null, tags: { kind: 'everything' } })
    this.position = arrivals.newest
    arrivals.addReader(this)
  }

  get isComplete(): boolean {
    return this.#index === this.#ids.length && this.#failure === undefined
  }

  /**
   * Reads at least one chunk.
   *
   * @param isOver - whether the slice is over
   * @throws {SlungError} `too-much-history`, or what the store throws for a damaged chunk
   */
  read(isOver: () => boolean): void {
    if (this.#failure !== undefined) throw this.#failure.error
    while (!this.isComplete) {
      this.#readChunk()
      if (isOver()) return
    }
  }

  /** What was read since the last call. */
  take(): StoredFact {
    return this.#part.take()
  }

  /** So many samples arrived that they are not kept: what is left is read first. */
  setAside(): void {
    try {
      while (!this.isComplete) this.#readChunk()
    } catch (error) {
      this.#failure = { error }
    }
  }

  seriesAside(): readonly SeriesId[] {
    return []
  }

  /** What was read before says which series it is of. */
  forgetSeries(): void {}

  /** Ends the reading. */
  close(): void {
    this.#arrivals.removeReader(this)
  }

  #readChunk(): void {
    const id = this.#ids[this.#index]!
    const chunk = this.#store.chunkFrom(id, this.#from)
    if (chunk !== undefined) {
      this.#changes ??= new SeriesChanges(this.#arrivals, id, this.position)
      this.#changes.catchUp()
      const count = this.#part.add(chunk.samples(), this.#from, this.#changes)
      if (count > 0) this.#part.note(id, count, () => ({ kind: 'series', id, ...this.#store.series(id) }))
      this.#count += count
      if (this.#count > historySamplesMax) throw tooMuchHistory()
      this.#from = chunk.last + 1
      // Now, before it grows: otherwise a series that grows fast would never end.
      if (this.#store.chunkFrom(id, this.#from) !== undefined) return
    }
    this.#index++
    this.#from = this.#start
    this.#changes = undefined
  }
}

/** What arrivals after a position have changed in one series. */
class SeriesChanges {
  readonly #arrivals: Arrivals
  readonly #id: SeriesId
  /** The value before, by timestamp; NaN = there was none. */
  readonly #before = new Map<Micros, number>()
  #until: number

  constructor(arrivals: Arrivals, id: SeriesId, position: number) {
    this.#arrivals = arrivals
    this.#id = id
    this.#until = position
  }

  catchUp(): void {
    const arrivals = this.#arrivals
    const latest = arrivals.latestOf(this.#id)
    const later: number[] = []
    for (let at = latest; at > this.#until; at = arrivals.previousTo(at)) later.push(at)
    for (const at of later.reverse()) {
      const timestamp = arrivals.timestamps[arrivals.indexOf(at)]!
      if (!this.#before.has(timestamp)) this.#before.set(timestamp, arrivals.replacedAt(at))
    }
    this.#until = Math.max(this.#until, latest)
  }

  /** The value at the position; NaN = there was none. */
  valueAt(timestamp: Micros, value: number): number {
    return this.#before.size === 0 ? value : (this.#before.get(timestamp) ?? value)
  }
}

/** Samples of several series, one run after the other. */
class PartBuilder {
  #series: SeriesMessage[] = []
  #ids: number[] = []
  #counts: number[] = []
  #timestamps: Float64Array<ArrayBuffer> = new Float64Array(1024)
  #values: Float64Array<ArrayBuffer> = new Float64Array(1024)
  #count = 0
  #announced: SeriesId = -1

  /** @returns how many samples there are from `from` on */
  add(samples: ChunkSamples, from: Micros, changes: SeriesChanges): number {
    const before = this.#count
    for (let index = samples.lowerBound(from); index < samples.count; index++) {
      const timestamp = samples.timestampAt(index)
      const value = changes.valueAt(timestamp, samples.valueAt(index))
      if (Number.isNaN(value)) continue
      if (this.#count === this.#values.length) {
        this.#timestamps = grownColumn(this.#timestamps)
        this.#values = grownColumn(this.#values)
      }
      this.#timestamps[this.#count] = timestamp
      this.#values[this.#count++] = value
    }
    return this.#count - before
  }

  /** Notes whose samples were added; ids ascend. */
  note(id: SeriesId, count: number, describe: () => SeriesMessage): void {
    if (id !== this.#announced) this.#series.push(describe())
    this.#announced = id
    this.#ids.push(id)
    this.#counts.push(count)
  }

  take(): StoredFact {
    const fact: StoredFact = {
      kind: 'stored',
      series: this.#series,
      ids: this.#ids,
      counts: this.#counts,
      timestamps: this.#timestamps.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
    }
    this.#series = []
    this.#ids = []
    this.#counts = []
    this.#count = 0
    return fact
  }
}
