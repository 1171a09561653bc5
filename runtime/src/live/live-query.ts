/** A subscription: a query, its aggregate as it stands, and the Events that were not polled yet. */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import { EventQueue } from './event-queue.ts'

export class LiveQuery {
  readonly query: Query
  readonly #aggregate: Aggregate
  readonly #queue: EventQueue
  #lateCount = 0

  constructor(query: Query, aggregate: Aggregate, queueEventsMax: number) {
    this.query = query
    this.#aggregate = aggregate
    this.#queue = new EventQueue(queueEventsMax)
  }

  /** Events waiting to be polled. */
  get waitingCount(): number {
    return this.#queue.count
  }

  /** Events merged into a newer one because the queue was full. */
  get coalescedCount(): number {
    return this.#queue.coalescedCount
  }

  /** Samples that arrived behind the window: stored, but not delivered. */
  get lateCount(): number {
    return this.#lateCount
  }

  /** Takes a matching sample: updates the aggregate and queues one Event, or none for a sample outside the range. */
  accept(timestamp: Micros, value: number, tags: readonly string[], producer: ProducerId): void {
    const acceptance = this.#aggregate.accept(timestamp, value, producer)
    if (acceptance === 'counted') {
      this.#queue.push({
        timestamp,
        value: finite(this.#aggregate.value()),
        tags,
        producers: this.#aggregate.producers(),
      })
    } else if (acceptance === 'late') {
      this.#lateCount++
    }
  }

  /** The oldest Event that was not polled yet. */
  poll(): LiveEvent | undefined {
    return this.#queue.shift()
  }

  closeProducer(producer: ProducerId): void {
    this.#aggregate.closeProducer(producer)
  }
}

/** Event JSON has no infinities: a sum beyond the range of doubles is delivered as the largest double. */
function finite(value: number): number {
  if (value === Number.POSITIVE_INFINITY) return Number.MAX_VALUE
  if (value === Number.NEGATIVE_INFINITY) return -Number.MAX_VALUE
  return value
}
