/**
 * For a workflow that falls so far behind that arrivals are about to be forgotten: those that concern it, set aside up
 * to a limit. Beyond that, it misses them.
 */
import type { Micros } from '../model/timestamp.ts'
import type { SeriesId } from '../store/history-source.ts'
import { ArrivedBuilder, type Arrived } from './arrived.ts'
import type { ForgottenSeries } from './forgotten-samples.ts'
import { closing, type KeptArrivals } from './kept-arrivals.ts'
import type { MissedSamples } from './missed-samples.ts'

/** A place in the order of arrival. */
export interface Place {
  readonly position: number
  /** When that came. */
  readonly at: Micros
}

export class SamplesAside {
  readonly #arrivals: KeptArrivals
  readonly #missed: MissedSamples
  readonly #countMax: number
  #aside = new ArrivedBuilder()
  #taken = 0
  /** Position of the newest that it misses and has not heard of; 0 = none. Until it has, it misses whatever comes. */
  #newestMissed = 0
  /** When that came. */
  #missedAt: Micros = 0

  /** @param missed - where missed samples are added */
  constructor(arrivals: KeptArrivals, missed: MissedSamples, countMax: number) {
    this.#arrivals = arrivals
    this.#missed = missed
    this.#countMax = countMax
  }

  /** How many are set aside. */
  get count(): number {
    return this.#aside.count - this.#taken
  }

  /** Position of the first. */
  get first(): number {
    return this.#aside.columns.positions[this.#taken]!
  }

  series(): Iterable<SeriesId> {
    return this.#aside.columns.series.subarray(this.#taken, this.#aside.count)
  }

  /** Takes the first, at most `countMax`. */
  take(countMax: number): Arrived {
    const end = Math.min(this.#taken + countMax, this.#aside.count)
    const taken = this.#aside.slice(this.#taken, end)
    this.#taken = end
    if (end === this.#aside.count) {
      // It has caught up.
      this.#aside = new ArrivedBuilder()
      this.#taken = 0
    }
    return taken
  }

  /** Adds the kept arrival at an index, after all others. A closing is never missed: no later Event may name it. */
  add(index: number, position: number): void {
    if (this.#newestMissed === 0) {
      if (this.count < this.#countMax) {
        this.#keep(index, position)
        return
      }
      this.#missAside()
    }
    const { series, timestamps, values, ats } = this.#arrivals
    if (series[index] === closing) this.#keep(index, position)
    else this.#missed.add(series[index]!, timestamps[index]!, values[index]!)
    this.#note(position, ats[index]!)
  }

  /** Whether it would miss all of these, whatever their times. */
  missesAll(samples: readonly ForgottenSeries[]): boolean {
    const count = samples.reduce((sum, { values }) => sum + values.length, 0)
    if (count === 0) return true
    return (this.#newestMissed > 0 || this.count + count > this.#countMax) && !this.#missed.dependsOnTime
  }

  /** Notes that it misses all of these. */
  missAll(samples: readonly ForgottenSeries[]): void {
    if (samples.length === 0) return
    this.#missAside()
    for (const series of samples) {
      this.#missed.addAll(series)
      this.#note(series.position, this.#arrivals.ats[this.#arrivals.indexOf(series.position)]!)
    }
  }

  /** The newest that it misses, of those that it has not heard of before. */
  takeNewestMissed(): Place | undefined {
    if (this.#newestMissed === 0) return undefined
    const newest = { position: this.#newestMissed, at: this.#missedAt }
    this.#newestMissed = 0
    return newest
  }

  #keep(index: number, position: number): void {
    this.#aside.removeFirst(this.#taken)
    this.#taken = 0
    this.#aside.add(this.#arrivals, index, position)
  }

  #missAside(): void {
    const { count, columns } = this.#aside
    const { series, timestamps, values, positions, ats } = columns
    const first = this.#taken
    if (first === count) return
    // Closings stay, in the same columns.
    this.#aside.clear()
    this.#taken = 0
    for (let index = first; index < count; index++) {
      const id = series[index]!
      if (id === closing) this.#aside.add(columns, index, positions[index]!)
      else this.#missed.add(id, timestamps[index]!, values[index]!)
    }
    this.#note(positions[count - 1]!, ats[count - 1]!)
  }

  #note(position: number, at: Micros): void {
    if (position <= this.#newestMissed) return
    this.#newestMissed = position
    this.#missedAt = at
  }
}
