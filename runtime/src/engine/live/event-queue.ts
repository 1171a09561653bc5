/**
 * Events of one live query that wait to be polled, oldest first.
 *
 * Lossless up to its capacity, or to what the budget shared with other queues leaves. Beyond that, the oldest Event
 * makes room: it coalesces into the newest and is counted. Its sample stays in the aggregate of later Events for as
 * long as the window holds it.
 */
import type { LiveEvent } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import { queueEventsReserved, type EventBudget } from './event-budget.ts'

export class EventQueue {
  // A ring in two columns, whose capacity is its first size times a power of two; grows up to `#eventsMax`.
  #events = emptyRing(16)
  #ats = new Float64Array(16)
  #head = 0
  #count = 0
  #coalescedCount = 0
  readonly #eventsMax: number
  readonly #budget: EventBudget

  /**
   * @param eventsMax - capacity, ≥ 1
   * @param budget - may be shared with other queues
   */
  constructor(eventsMax: number, budget: EventBudget) {
    this.#eventsMax = eventsMax
    this.#budget = budget
  }

  get count(): number {
    return this.#count
  }

  /** How many Events have been merged into a newer one so far. */
  get coalescedCount(): number {
    return this.#coalescedCount
  }

  /** When the sample of the oldest Event arrived; +Infinity when empty. */
  get oldestAt(): Micros {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : this.#ats[this.#head]!
  }

  /** @param at - when its sample arrived */
  push(event: LiveEvent, at: Micros): void {
    if (this.#count >= this.#eventsMax || (this.#count >= queueEventsReserved && this.#budget.isSpent)) {
      this.shift()
      this.#coalescedCount++
    } else if (this.#count === this.#events.length) {
      this.#grow()
    }
    const index = (this.#head + this.#count) % this.#events.length
    this.#events[index] = event
    this.#ats[index] = at
    this.#count++
    this.#budget.take()
  }

  /** Counts Events that never came here as coalesced into the next one. */
  skip(eventCount: number): void {
    this.#coalescedCount += eventCount
  }

  /** Removes and returns the oldest Event, or `undefined` when empty. */
  shift(): LiveEvent | undefined {
    if (this.#count === 0) return undefined
    const event = this.#events[this.#head]
    this.#events[this.#head] = undefined
    this.#head = (this.#head + 1) % this.#events.length
    this.#count--
    this.#budget.giveBack(1)
    return event
  }

  /** Drops all Events. */
  clear(): void {
    this.#budget.giveBack(this.#count)
    this.#events = emptyRing(16)
    this.#ats = new Float64Array(16)
    this.#head = 0
    this.#count = 0
  }

  #grow(): void {
    const events = emptyRing(this.#events.length * 2)
    const ats = new Float64Array(events.length)
    for (let index = 0; index < this.#count; index++) {
      const from = (this.#head + index) % this.#events.length
      events[index] = this.#events[from]
      ats[index] = this.#ats[from]!
    }
    this.#events = events
    this.#ats = ats
    this.#head = 0
  }
}

function emptyRing(capacity: number): (LiveEvent | undefined)[] {
  return Array.from({ length: capacity })
}
