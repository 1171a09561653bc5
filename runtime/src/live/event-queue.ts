/**
 * Events of one live query that wait to be polled, oldest first.
 *
 * Lossless up to its capacity. Beyond it the oldest Event makes room: its sample is already part of the aggregate of every
 * later one, so it coalesces into the newest instead of being lost, and is counted.
 */
import type { LiveEvent } from '../model/live-event.ts'

export class EventQueue {
  // A ring whose capacity is a power of two times its first size; grows up to `#eventsMax`.
  #events: (LiveEvent | undefined)[] = Array.from({ length: 16 })
  #head = 0
  #count = 0
  #coalescedCount = 0
  readonly #eventsMax: number

  /** @param eventsMax - capacity, ≥ 1 */
  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax
  }

  get count(): number {
    return this.#count
  }

  /** How many Events were merged into a newer one so far. */
  get coalescedCount(): number {
    return this.#coalescedCount
  }

  push(event: LiveEvent): void {
    if (this.#count >= this.#eventsMax) {
      this.shift()
      this.#coalescedCount++
    } else if (this.#count === this.#events.length) {
      this.#grow()
    }
    this.#events[(this.#head + this.#count) % this.#events.length] = event
    this.#count++
  }

  /** Removes and returns the oldest Event, or `undefined` when empty. */
  shift(): LiveEvent | undefined {
    if (this.#count === 0) return undefined
    const event = this.#events[this.#head]
    this.#events[this.#head] = undefined
    this.#head = (this.#head + 1) % this.#events.length
    this.#count--
    return event
  }

  #grow(): void {
    const events: (LiveEvent | undefined)[] = Array.from({ length: this.#events.length * 2 })
    for (let index = 0; index < this.#count; index++) {
      events[index] = this.#events[(this.#head + index) % this.#events.length]
    }
    this.#events = events
    this.#head = 0
  }
}
