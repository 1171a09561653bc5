/**
 * What the queues of one guest may hold together, so that a thousand subscriptions that are never polled do not fill
 * the memory. An Event takes up one place, and as many more as its list of producers needs.
 *
 * Queues take what they need until the budget is spent; from then on, a queue that holds more than its reserve accepts
 * an Event by coalescing its oldest. The reserve belongs to each queue: unpolled queues cannot take it away.
 */

/** Events that a queue may hold even when the budget is spent. */
export const queueEventsReserved = 128

export class EventBudget {
  readonly #placesMax: number
  #waitingCount = 0
  #placeCount = 0

  /** @param placesMax - spent when this many are taken in all queues together; n queues exceed it by n reserves at most */
  constructor(placesMax: number) {
    this.#placesMax = placesMax
  }

  /** Events that wait in all queues together. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  get isSpent(): boolean {
    return this.#placeCount >= this.#placesMax
  }

  /** Counts a queued Event, which takes up so many places. */
  take(places: number): void {
    this.#waitingCount++
    this.#placeCount += places
  }

  /** Counts Events that have left a queue, and the places that they took up. */
  giveBack(eventCount: number, places: number): void {
    this.#waitingCount -= eventCount
    this.#placeCount -= places
  }
}
