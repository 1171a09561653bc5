/**
 * Events of one live query that wait to be polled, oldest first.
 *
 * Lossless up to its capacity, or to what the budget shared with other queues leaves. Beyond that, the oldest Event
 * makes room: it coalesces into the newest and is counted. Its sample stays in the aggregate of later Events for as
 * long as the window holds it.
 */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import { queueEventsReserved, type EventBudget } from './event-budget.ts'

/** A list of 16 producers takes up as much memory as an Event, so 1,024 of them take 64 places. */
const placeShift = 4

export class EventQueue {
  // A ring in columns, whose capacity is its first size times a power of two; grows up to `#eventsMax`.
  #events = emptyRing(16)
  #ats = new Float64Array(16)
  /** What each Event takes up in the budget. */
  #places = new Uint8Array(16)
  /** Of the Event pushed last: as long as the list is the same, it takes up no memory. */
  #producers: readonly ProducerId[] | undefined
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
    const places = event.producers === this.#producers ? 1 : 1 + (event.producers.length >>> placeShift)
    this.#producers = event.producers
    let freed = this.#count >= this.#eventsMax ? this.#coalesce() : 0
    // What others hold is not made up for here.
    while (freed < places && this.#count >= queueEventsReserved && this.#budget.isSpent) freed += this.#coalesce()
    if (this.#count === this.#events.length) this.#grow()
    const index = (this.#head + this.#count) % this.#events.length
    this.#events[index] = event
    this.#ats[index] = at
    this.#places[index] = places
    this.#count++
    this.#budget.take(places)
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
    const places = this.#places[this.#head]!
    this.#head = (this.#head + 1) % this.#events.length
    this.#count--
    this.#budget.giveBack(1, places)
    return event
  }

  /** Drops all Events. */
  clear(): void {
    while (this.shift() !== undefined);
    this.#events = emptyRing(16)
    this.#ats = new Float64Array(16)
    this.#places = new Uint8Array(16)
    this.#head = 0
  }

  /** The oldest Event makes room. @returns the places that it took up */
  #coalesce(): number {
    const places = this.#places[this.#head]!
    this.shift()
    this.#coalescedCount++
    return places
  }

  #grow(): void {
    const events = emptyRing(this.#events.length * 2)
    const ats = new Float64Array(events.length)
    const places = new Uint8Array(events.length)
    for (let index = 0; index < this.#count; index++) {
      const from = (this.#head + index) % this.#events.length
      events[index] = this.#events[from]
      ats[index] = this.#ats[from]!
      places[index] = this.#places[from]!
    }
    this.#events = events
    this.#ats = ats
    this.#places = places
    this.#head = 0
  }
}

function emptyRing(capacity: number): (LiveEvent | undefined)[] {
  return Array.from({ length: capacity })
}
