/** A subscription: a query, its current aggregate, and the Events not yet polled. */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query } from '../query/query.ts'
import type { Summary } from '../aggregate/summary.ts'
import type { Aggregate } from './aggregate.ts'
import type { EventBudget } from './event-budget.ts'
import { EventQueue } from './event-queue.ts'

export class LiveQuery {
  readonly query: Query
  #aggregate: Aggregate
  readonly #queue: EventQueue
  #lateCount = 0

  constructor(query: Query, aggregate: Aggregate, queueEventsMax: number, budget: EventBudget) {
    this.query = query
    this.#aggregate = aggregate
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

  /**
   * Takes a matching sample: updates the aggregate and queues an Event, or neither for a sample outside the range.
   *
   * @param at - when it arrived
   * @returns whether it made an Event
   */
  accept(timestamp: Micros, value: number, tags: readonly string[], producer: ProducerId, at: Micros): boolean {
    const acceptance = this.#aggregate.accept(timestamp, value, producer)
    if (acceptance !== 'counted') {
      if (acceptance === 'late') this.#lateCount++
      return false
    }
    const event = { timestamp, value: this.#aggregate.value(), tags, producers: this.#aggregate.producers() }
    this.#queue.push(event, at)
    return true
  }

  /**
   * Continues after samples that it does not see.
   *
   * @param eventCount - the Events that they would have made
   * @param missed - those samples
   * @param window - its aggregate after them; `null` where nothing ever leaves the aggregate, which counts `missed` then
   */
  skip(eventCount: number, missed: Summary, window: Aggregate | null): void {
    this.#queue.skip(eventCount)
    if (window === null) this.#aggregate.addMissed?.(missed)
    else this.#aggregate = window
  }

  /** The oldest Event not yet polled. */
  poll(): LiveEvent | undefined {
    return this.#queue.shift()
  }

  /** Drops the Events not yet polled and returns their share of the budget. */
  discard(): void {
    this.#queue.clear()
  }

  closeProducer(producer: ProducerId): void {
    this.#aggregate.closeProducer(producer)
  }
}
