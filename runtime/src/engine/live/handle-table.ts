/**
 * The live queries of one guest, by handle, and the Events that they hold for it.
 *
 * Handles count from 1 and are never reused, so a freed handle stays unknown. Another guest's handles are unknown too.
 */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import { EventBudget } from './event-budget.ts'
import { LiveQuery } from './live-query.ts'
import { Subscriptions } from './subscriptions.ts'

/** Most open handles per guest. */
export const handlesOpenMax = 1024

/** Events that a live query holds before the oldest coalesce into the newest. */
export const queueEventsMaxDefault = 65_536

/**
 * Events waiting in all handles of a guest. Beyond this number, every handle that holds `queueEventsReserved` (128) or
 * more coalesces its oldest, so with all handles open at most twice as many wait, 262,144: some 30 MB.
 */
export const waitingEventsBudget = 131_072

/** The state of one open handle. */
export interface HandleStatus {
  readonly handle: number
  /** As written by the guest. */
  readonly query: string
  /** Events not polled yet. */
  readonly waiting: number
  /** Events merged into a newer one. */
  readonly coalesced: number
  /** Samples older than the window. */
  readonly late: number
}

export class HandleTable {
  readonly #seriesOf: (id: number) => Series
  readonly #queueEventsMax: number
  readonly #budget = new EventBudget(waitingEventsBudget)
  readonly #open = new Map<number, LiveQuery>()
  readonly #subscriptions: Subscriptions<LiveQuery>
  #opened = 0
  #deliveredCount = 0
  // The counters of freed handles; open ones keep their own.
  #coalescedFreed = 0
  #lateFreed = 0

  /** @param seriesOf - the series of an id that `offer` is called with */
  constructor(seriesOf: (id: number) => Series, queueEventsMax: number = queueEventsMaxDefault) {
    this.#seriesOf = seriesOf
    this.#queueEventsMax = queueEventsMax
    this.#subscriptions = new Subscriptions(seriesOf)
  }

  /** How many handles are open. */
  get openCount(): number {
    return this.#open.size
  }

  /** The handle that `open` returns next. */
  get next(): number {
    return this.#opened + 1
  }

  /** Events polled so far. */
  get deliveredCount(): number {
    return this.#deliveredCount
  }

  /** Events merged into a newer one of the same handle so far, because too many waited. */
  get coalescedCount(): number {
    let count = this.#coalescedFreed
    for (const liveQuery of this.#open.values()) count += liveQuery.coalescedCount
    return count
  }

  /** Samples that arrived too late for a handle so far. */
  get lateCount(): number {
    let count = this.#lateFreed
    for (const liveQuery of this.#open.values()) count += liveQuery.lateCount
    return count
  }

  /** Events that wait in all handles together. */
  get waitingCount(): number {
    return this.#budget.waitingCount
  }

  /** The open handles with their live queries, in the order in which they were opened. */
  get liveQueries(): ReadonlyMap<number, LiveQuery> {
    return this.#open
  }

  /** All open handles, in the order in which they were opened. */
  status(): HandleStatus[] {
    return [...this.#open].map(([handle, { query, waitingCount, coalescedCount, lateCount }]) => ({
      handle,
      query: query.text,
      waiting: waitingCount,
      coalesced: coalescedCount,
      late: lateCount,
    }))
  }

  /** @throws {SlungError} `too-many-handles` when no other handle can be opened */
  assertRoom(query: Query): void {
    if (this.#open.size < handlesOpenMax) return
    throw new SlungError(
      'too-many-handles',
      `cannot subscribe to "${query.text}": ${handlesOpenMax} handles are already open; free those you no longer need`,
    )
  }

  /** Subscribes and returns the handle. @param aggregate - as of now; owned by the table from now on */
  add(query: Query, aggregate: Aggregate): number {
    const liveQuery = new LiveQuery(query, aggregate, this.#queueEventsMax, this.#budget)
    this.#subscriptions.add(liveQuery)
    this.#open.set(++this.#opened, liveQuery)
    return this.#opened
  }

  has(handle: number): boolean {
    return this.#open.has(handle)
  }

  /** Forgets a series of which there will be no sample any more. */
  forgetSeries(series: number): void {
    this.#subscriptions.forget(series)
  }

  /** Whether a sample of this series concerns an open handle. */
  wants(series: number): boolean {
    return this.#subscriptions.concerning(series).length > 0
  }

  /**
   * Offers a sample to the live queries that it concerns.
   *
   * @param producer - `noProducer` for a sample without a connection
   * @param at - when it arrived
   * @returns whether it made an Event
   */
  offer(series: number, timestamp: Micros, value: number, producer: ProducerId, at: Micros): boolean {
    const concerned = this.#subscriptions.concerning(series)
    if (concerned.length === 0) return false
    const { tags } = this.#seriesOf(series)
    let isMade = false
    for (const liveQuery of concerned) isMade = liveQuery.accept(timestamp, value, tags, producer, at) || isMade
    return isMade
  }

  /** Forgets a closed connection: no later Event names it. */
  closeProducer(producer: ProducerId): void {
    for (const liveQuery of this.#open.values()) liveQuery.closeProducer(producer)
  }

  /** The next Event of a handle; `undefined` when none waits or the handle is unknown. */
  poll(handle: number): LiveEvent | undefined {
    const event = this.#open.get(handle)?.poll()
    if (event !== undefined) this.#deliveredCount++
    return event
  }

  /** Frees a handle; false if it is unknown. */
  free(handle: number): boolean {
    const liveQuery = this.#open.get(handle)
    if (liveQuery === undefined) return false
    this.#open.delete(handle)
    this.#coalescedFreed += liveQuery.coalescedCount
    this.#lateFreed += liveQuery.lateCount
    this.#subscriptions.delete(liveQuery)
    liveQuery.discard()
    return true
  }
}
