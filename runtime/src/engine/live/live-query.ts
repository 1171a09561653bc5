/** A subscription: a query, and the Events not yet polled. Its aggregate may have other readers: `SharedAggregate`. */
import type { LiveEvent } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query } from '../query/query.ts'
import type { EventBudget } from './event-budget.ts'
import { EventQueue } from './event-queue.ts'

export class LiveQuery {
  readonly query: Query
  readonly #queue: EventQueue
  #lateCount = 0

  constructor(query: Query, queueEventsMax: number, budget: EventBudget) {
    this.query = query
    this.#queue = new EventQueue(queueEventsMax, budget)
  }

  /** Events waiting to be polled. */
  get waitingCount(): number {
    return this.#queue.count
  }

  /** When the sample of the oldest waiting Event arrived; +Infinity when none waits. */
  get waitingSince(): Micros {
    return this.#queue.oldestAt
  }

  /** Events merged into a newer one because the queue was full, or the budget spent. */
  get coalescedCount(): number {
    return this.#queue.coalescedCount
  }

  /** Samples older than the window when they arrived: stored, but not delivered. */
  get lateCount(): number {
    return this.#lateCount
  }

  /** Queues an Event. @param at - when its sample arrived; `group` - the number of its group */
  push(event: LiveEvent, at: Micros, group: number): void {
    this.#queue.push(event, at, group)
  }

  /** Counts a sample that was older than the window. */
  noteLate(): void {
    this.#lateCount++
  }

  /** Counts Events of samples that it does not see. */
  skip(eventCount: number): void {
    this.#queue.skip(eventCount)
  }

  /** The oldest Event not yet polled. */
  poll(): LiveEvent | undefined {
    return this.#queue.shift()
  }

  /** Drops the Events not yet polled and returns their share of the budget. */
  discard(): void {
    this.#queue.clear()
  }
}
