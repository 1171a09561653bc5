/**
 * Arrivals that are about to be forgotten, sorted by series: once for all workflows that miss them. So one that stays
 * behind costs a look at each series, not at each sample.
 */
import { Summary } from '../aggregate/summary.ts'
import { NumberTable } from '../model/number-table.ts'
import type { SeriesId } from '../store/history-source.ts'
import { closing, type KeptArrivals } from './kept-arrivals.ts'

/** A few values are added faster than their summary, and not worth sorting. */
const summaryMin = 8

/** What arrived of one series, from outside. */
export class ForgottenSeries {
  readonly id: SeriesId
  readonly values: Float64Array
  /** Position of its last sample. */
  readonly position: number
  #summary: Summary | undefined

  constructor(id: SeriesId, values: Float64Array, position: number) {
    this.id = id
    this.values = values
    this.position = position
  }

  /** Of all values; `undefined` when they are so few that they are added faster themselves. */
  get summary(): Summary | undefined {
    if (this.#summary === undefined && this.values.length >= summaryMin) {
      this.#summary = new Summary()
      this.#summary.addColumn(this.values, 0, this.values.length)
    }
    return this.#summary
  }
}

export interface SortedSamples {
  readonly series: readonly ForgottenSeries[]
  /** Positions of everything else, ascending: what workflows wrote, and closings. */
  readonly others: readonly number[]
}

export class ForgottenSamples {
  /** Everything after this position is meant, up to `until`. */
  readonly after: number
  readonly until: number
  readonly #arrivals: KeptArrivals
  #sorted: SortedSamples | null | undefined

  /** Of everything that is kept, up to `until`. Nothing is sorted before somebody asks. */
  constructor(arrivals: KeptArrivals, until: number) {
    this.#arrivals = arrivals
    this.after = arrivals.before
    this.until = until
  }

  /** `null` when there are so many series that each sample is better looked at by itself. */
  get sorted(): SortedSamples | null {
    if (this.#sorted === undefined) this.#sorted = this.#sort()
    return this.#sorted
  }

  #sort(): SortedSamples | null {
    const { series, values, writers } = this.#arrivals
    const { length } = series
    const count = this.until - this.after
    const first = this.#arrivals.indexOf(this.after + 1)
    const others: number[] = []
    // Where each series comes in `ids`, from 1; the same for each sample, 0 = it is one of the others.
    const numbers = new NumberTable()
    const numberOf = new Uint32Array(count)
    const ids: SeriesId[] = []
    const counts: number[] = []
    const last: number[] = []
    for (let at = 0, index = first; at < count; at++, index = index + 1 < length ? index + 1 : 0) {
      const id = series[index]!
      if (id === closing || writers[index] !== 0) {
        others.push(this.after + 1 + at)
        continue
      }
      let number = numbers.get(id)
      if (number === 0) {
        if (ids.length * summaryMin >= count) return null
        number = ids.push(id)
        numbers.set(id, number)
        counts.push(0)
        last.push(0)
      }
      numberOf[at] = number
      counts[number - 1]!++
      last[number - 1] = at
    }
    const sorted = new Float64Array(count - others.length)
    const ends: number[] = []
    let end = 0
    for (const each of counts) {
      ends.push(end)
      end += each
    }
    for (let at = 0, index = first; at < count; at++, index = index + 1 < length ? index + 1 : 0) {
      const number = numberOf[at]!
      if (number > 0) sorted[ends[number - 1]!++] = values[index]!
    }
    const seriesOf = (id: SeriesId, at: number): ForgottenSeries =>
      new ForgottenSeries(id, sorted.subarray(ends[at]! - counts[at]!, ends[at]), this.after + 1 + last[at]!)
    return { series: ids.map(seriesOf), others }
  }
}
