/**
 * The live queries of one guest, by the handles it knows them by.
 *
 * Handles count from 1 and are never reused, so a handle that was freed stays unknown. Another guest's handles are unknown too.
 */
import type { Engine } from './engine.ts'
import { EventBudget } from './live/event-budget.ts'
import type { LiveQuery } from './live/live-query.ts'
import type { LiveEvent } from './model/live-event.ts'
import { SlungError } from './model/slung-error.ts'
import type { Query } from './query/query.ts'

/** Open handles per guest. */
export const handlesOpenMax = 1024

/**
 * Events waiting in all handles of one guest, beyond which every handle that holds `queueEventsReserved` (128) or more
 * coalesces its oldest. With all handles open that is at most twice as many, 262,144: some 30 MB.
 */
export const waitingEventsBudget = 131_072

export class HandleTable {
  readonly #engine: Engine
  readonly #budget = new EventBudget(waitingEventsBudget)
  readonly #open = new Map<number, LiveQuery>()
  #opened = 0
  #deliveredCount = 0
  // Counters of handles that were freed; open ones keep their own.
  #coalescedFreed = 0
  #lateFreed = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Events polled so far. */
  get deliveredCount(): number {
    return this.#deliveredCount
  }

  /** Events merged into a newer one of the same handle so far, because too many waited. */
  get coalescedCount(): number {
    let count = this.#coalescedFreed
    for (const liveQuery of this.#open.values()) count += liveQuery.coalescedCount
    return count
  }

  /** Samples that came too late for a handle so far. */
  get lateCount(): number {
    let count = this.#lateFreed
    for (const liveQuery of this.#open.values()) count += liveQuery.lateCount
    return count
  }

  /** Whether any open handle holds an Event. */
  get isWaiting(): boolean {
    for (const liveQuery of this.#open.values()) if (liveQuery.waitingCount > 0) return true
    return false
  }

  /**
   * Subscribes and returns the handle.
   *
   * @throws {SlungError} `too-many-handles`, or what `Engine.subscribe` throws
   */
  open(query: Query): number {
    if (this.#open.size >= handlesOpenMax) {
      throw new SlungError(
        'too-many-handles',
        `cannot subscribe to "${query.text}": ${handlesOpenMax} handles are open already; free those no longer needed`,
      )
    }
    const liveQuery = this.#engine.subscribe(query, this.#budget)
    this.#open.set(++this.#opened, liveQuery)
    return this.#opened
  }

  has(handle: number): boolean {
    return this.#open.has(handle)
  }

  /** The next Event of a handle; `undefined` when there is none now or the handle is unknown. */
  poll(handle: number): LiveEvent | undefined {
    const event = this.#open.get(handle)?.poll()
    if (event !== undefined) this.#deliveredCount++
    return event
  }

  /** Frees a handle; false when it is unknown. */
  free(handle: number): boolean {
    const liveQuery = this.#open.get(handle)
    if (liveQuery === undefined) return false
    this.#open.delete(handle)
    this.#coalescedFreed += liveQuery.coalescedCount
    this.#lateFreed += liveQuery.lateCount
    this.#engine.free(liveQuery)
    liveQuery.discard()
    return true
  }

  /** Frees all handles. */
  close(): void {
    for (const handle of this.#open.keys()) this.free(handle)
  }
}
