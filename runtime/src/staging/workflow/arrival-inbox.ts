/**
 * Samples that have reached the guest's thread and are not revealed to the guest: what lies ahead of its `SerialWorld`.
 */
import { closing } from '../../engine/arrival/kept-arrivals.ts'
import { mergeArrived, nothingArrived, type Arrived } from '../../engine/arrival/arrived.ts'
import type { HandleTable } from '../../engine/live/handle-table.ts'
import type { Ahead } from '../../engine/live/serial-world.ts'
import { IdTable } from '../../engine/model/id-table.ts'
import type { Series } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { AnnouncedSeries } from './workflow-messages.ts'

export class ArrivalInbox implements Ahead {
  /** Receive what is revealed. Set once, before the first call. */
  handles: HandleTable | undefined
  readonly #series = new IdTable<Series>()
  #arrived: Arrived = nothingArrived
  #next = 0
  #position: number
  #revealedAt: Micros = 0

  /** @param position - of the newest arrival that is revealed */
  constructor(position: number) {
    this.#position = position
  }

  /** Position of the newest arrival that is revealed: there may be later ones that do not concern the guest. */
  get position(): number {
    return this.#position
  }

  /** When the sample that was revealed last arrived. */
  get revealedAt(): Micros {
    return this.#revealedAt
  }

  get nextAt(): Micros | undefined {
    return this.#next < this.#arrived.count ? this.#arrived.ats[this.#next] : undefined
  }

  /** How many samples are here and not revealed. */
  get count(): number {
    let count = 0
    for (let index = this.#next; index < this.#arrived.count; index++)
      if (this.#arrived.series[index] !== closing) count++
    return count
  }

  /** The series of an id in a batch. */
  readonly seriesOf = (id: number): Series => this.#series.get(id)!

  /** To be called before anything of these series. */
  announce(series: readonly AnnouncedSeries[]): void {
    for (const { id, name, tags } of series) this.#series.set(id, { name, tags })
  }

  /** Forgets series that are removed. To be called when nothing is here that is not revealed. */
  forgetSeries(ids: readonly number[]): void {
    for (const id of ids) {
      this.#series.delete(id)
      this.handles!.forgetSeries(id)
    }
  }

  /** Adds samples, which may have arrived between those that are here. */
  add(arrived: Arrived): void {
    if (arrived.count === 0) return
    const { count } = this.#arrived
    this.#arrived = this.#next === count ? arrived : mergeArrived(rest(this.#arrived, this.#next), arrived)
    this.#next = 0
  }

  reveal(): boolean {
    const { positions, ats, series, timestamps, values, producers } = this.#arrived
    const index = this.#next++
    this.#position = positions[index]!
    this.#revealedAt = ats[index]!
    const id = series[index]!
    if (id !== closing) {
      return this.handles!.offer(id, timestamps[index]!, values[index]!, producers[index]!, ats[index]!)
    }
    this.handles!.closeProducer(producers[index]!)
    return false
  }

  /** The guest misses everything up to a position. */
  skipTo(position: number): void {
    this.#position = position
  }
}

function rest({ count, ...columns }: Arrived, start: number): Arrived {
  return {
    count: count - start,
    positions: columns.positions.subarray(start),
    ats: columns.ats.subarray(start),
    series: columns.series.subarray(start),
    timestamps: columns.timestamps.subarray(start),
    values: columns.values.subarray(start),
    producers: columns.producers.subarray(start),
  }
}
