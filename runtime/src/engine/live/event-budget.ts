/**
 * What the queues of one guest may hold together, so that a thousand subscriptions nobody polls do not fill the memory.
 *
 * Memory is given to whoever needs it until the budget is spent; from then on a queue that holds more than its reserve
 * takes in an Event by coalescing its oldest. The reserve is a queue's own: others that are not polled cannot take it away.
 */

/** Events a queue may hold even when the budget is spent. */
export const queueEventsReserved = 128

export class EventBudget {
  readonly #eventsMax: number
  #waitingCount = 0

  /** @param eventsMax - Events waiting in all queues together that spend it; n queues exceed it by n reserves at most */
  constructor(eventsMax: number) {
    this.#eventsMax = eventsMax
  }

  get isSpent(): boolean {
    return this.#waitingCount >= this.#eventsMax
  }

  /** Counts an Event that was queued. */
  take(): void {
    this.#waitingCount++
  }

  /** Counts Events that are not queued any more. */
  giveBack(eventCount: number): void {
    this.#waitingCount -= eventCount
  }
}
