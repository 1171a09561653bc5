/** A subscription: a query, its current aggregate, and the Events not yet polled. */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import type { EventBudget } from './event-budget.ts'
import { EventQueue } from './event-queue.ts'

export class LiveQuery {
  readonly query: Query
  readonly #aggregate: Aggregate
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

  /** Position of the oldest waiting Event's sample in the order of arrival; +Infinity when none waits. */
  get oldestArrival(): number {
    return this.#queue.oldestArrival
  }

  /** Position of the newest waiting Event's sample; 0 when none waits. */
  get newestArrival(): number {
    return this.#queue.newestArrival
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
   * @param arrival - position of the sample in the engine's order of arrival
   */
  accept(timestamp: Micros, value: number, tags: readonly string[], producer: ProducerId, arrival: number): void {
    const acceptance = this.#aggregate.accept(timestamp, value, producer)
    if (acceptance === 'counted') {
      const event = { timestamp, value: this.#aggregate.value(), tags, producers: this.#aggregate.producers() }
      this.#queue.push(event, arrival)
    } else if (acceptance === 'late') {
      this.#lateCount++
    }
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
