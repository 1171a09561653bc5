/**
 * What the queues of one guest may hold together, so that a thousand subscriptions that are never polled do not fill
 * the memory.
 *
 * Queues take what they need until the budget is spent; from then on, a queue that holds more than its reserve accepts
 * an Event by coalescing its oldest. The reserve belongs to each queue: unpolled queues cannot take it away.
 */

/** Events that a queue may hold even when the budget is spent. */
export const queueEventsReserved = 128

export class EventBudget {
  readonly #eventsMax: number
  #waitingCount = 0

  /**
   * @param eventsMax - spent when this many Events wait in all queues together; n queues exceed it by n reserves at
   *   most
   */
  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax
  }

  /** Events that wait in all queues together. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  get isSpent(): boolean {
    return this.#waitingCount >= this.#eventsMax
  }

  /** Counts a queued Event. */
  take(): void {
    this.#waitingCount++
  }

  /** Counts Events that have left a queue. */
  giveBack(eventCount: number): void {
    this.#waitingCount -= eventCount
  }
}
