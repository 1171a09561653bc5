/**
 * Events that have reached the guest's thread, and which of them a poll may see.
 *
 * A batch holds the Events of many samples. They are revealed in the way a replay produces them: a poll that finds its
 * own handle empty reveals those of one more sample. So a workflow that polls several handles sees the same order in
 * staging as in its tests, however far behind it is. Samples that make no Event are not in a batch, so they take up no
 * poll; in a replay they do.
 */
import type { LiveEvent } from '../../engine/model/live-event.ts'
import { eventAt, type EventBatch } from './event-batch.ts'

export class EventInbox {
  readonly #handles = new Set<number>()
  #batch: EventBatch | undefined
  /** How many Events of the batch are revealed. */
  #revealed = 0
  /** Events revealed and not polled, by handle; no empty lists. */
  readonly #visible = new Map<number, LiveEvent[]>()
  #arrival = 0

  /** How many handles the guest has open. */
  get handleCount(): number {
    return this.#handles.size
  }

  /** Position of the newest sample whose Events are revealed; 0 before the first. */
  get arrival(): number {
    return this.#arrival
  }

  /** The guest has opened a handle. */
  open(handle: number): void {
    this.#handles.add(handle)
  }

  /** The guest frees a handle, and with it the Events it has not polled; false for an unknown one. */
  free(handle: number): boolean {
    this.#visible.delete(handle)
    return this.#handles.delete(handle)
  }

  /** Whether there are Events that no poll has revealed. */
  get hasMore(): boolean {
    return this.#batch !== undefined && this.#revealed < this.#batch.count
  }

  /** Handles with Events that are revealed and not polled. */
  get holding(): ReadonlySet<number> {
    return new Set(this.#visible.keys())
  }

  get isHolding(): boolean {
    return this.#visible.size > 0
  }

  /** How many Events are here and not polled. */
  get unpolledCount(): number {
    let count = this.#batch === undefined ? 0 : this.#batch.count - this.#revealed
    for (const events of this.#visible.values()) count += events.length
    return count
  }

  /** Takes the next batch, once all of the last one is revealed. */
  fill(batch: EventBatch): void {
    this.#batch = batch
    this.#revealed = 0
  }

  /** The next Event of a handle; `undefined` for nothing now. */
  poll(handle: number): LiveEvent | undefined {
    if (!this.#visible.has(handle)) this.#revealNext()
    const events = this.#visible.get(handle)
    const event = events?.shift()
    if (events?.length === 0) this.#visible.delete(handle)
    return event
  }

  #revealNext(): void {
    const batch = this.#batch
    if (batch === undefined || this.#revealed >= batch.count) return
    const arrival = batch.arrivals[this.#revealed]!
    this.#arrival = arrival
    while (this.#revealed < batch.count && batch.arrivals[this.#revealed] === arrival) {
      const handle = batch.handles[this.#revealed]!
      const event = eventAt(batch, this.#revealed++)
      // Its handle may have been freed since the batch was sent.
      if (!this.#handles.has(handle)) continue
      const events = this.#visible.get(handle)
      if (events === undefined) this.#visible.set(handle, [event])
      else events.push(event)
    }
  }
}
