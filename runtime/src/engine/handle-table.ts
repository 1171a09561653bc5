/**
 * The live queries of one guest, by handle.
 *
 * Handles count from 1 and are never reused, so a freed handle stays unknown. Another guest's handles are unknown too.
 */
import type { Engine } from './engine.ts'
import { EventBudget } from './live/event-budget.ts'
import type { LiveQuery } from './live/live-query.ts'
import { BinaryHeap } from './aggregate/binary-heap.ts'
import type { LiveEvent } from './model/live-event.ts'
import { SlungError } from './model/slung-error.ts'
import type { Query } from './query/query.ts'

/** Most open handles per guest. */
export const handlesOpenMax = 1024

/**
 * Events waiting in all handles of a guest. Beyond this number, every handle that holds `queueEventsReserved` (128) or
 * more coalesces its oldest, so with all handles open at most twice as many wait, 262,144: some 30 MB.
 */
export const waitingEventsBudget = 131_072

/** The state of one open handle. */
export interface HandleStatus {
  readonly handle: number
  /** As written by the guest. */
  readonly query: string
  /** Events not polled yet. */
  readonly waiting: number
  /** Events merged into a newer one. */
  readonly coalesced: number
  /** Samples older than the window. */
  readonly late: number
}

/** Receives Events from `HandleTable.take`. `arrival` is the same for all Events of one sample. */
export type EventVisitor = (handle: number, arrival: number, event: LiveEvent) => void

export class HandleTable {
  readonly #engine: Engine
  readonly #budget = new EventBudget(waitingEventsBudget)
  readonly #open = new Map<number, LiveQuery>()
  #opened = 0
  #deliveredCount = 0
  // The counters of freed handles; open ones keep their own.
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

  /** Samples that arrived too late for a handle so far. */
  get lateCount(): number {
    let count = this.#lateFreed
    for (const liveQuery of this.#open.values()) count += liveQuery.lateCount
    return count
  }

  /** Whether any open handle, except those in `except`, holds an Event. */
  isWaiting(except: ReadonlySet<number> = noHandles): boolean {
    for (const [handle, liveQuery] of this.#open) if (liveQuery.waitingCount > 0 && !except.has(handle)) return true
    return false
  }

  /** Position of the newest waiting Event's sample in the order of arrival; 0 when none waits. */
  get newestArrival(): number {
    let newest = 0
    for (const liveQuery of this.#open.values()) newest = Math.max(newest, liveQuery.newestArrival)
    return newest
  }

  /**
   * Position of a handle's oldest waiting Event, or of the oldest of all without a handle; +Infinity when none waits.
   */
  oldestArrival(handle?: number): number {
    if (handle !== undefined) return this.#open.get(handle)?.oldestArrival ?? Number.POSITIVE_INFINITY
    let oldest = Number.POSITIVE_INFINITY
    for (const liveQuery of this.#open.values()) oldest = Math.min(oldest, liveQuery.oldestArrival)
    return oldest
  }

  /** All open handles, in the order in which they were opened. */
  status(): HandleStatus[] {
    return [...this.#open].map(([handle, { query, waitingCount, coalescedCount, lateCount }]) => ({
      handle,
      query: query.text,
      waiting: waitingCount,
      coalesced: coalescedCount,
      late: lateCount,
    }))
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
        `cannot subscribe to "${query.text}": ${handlesOpenMax} handles are already open; free those you no longer need`,
      )
    }
    const liveQuery = this.#engine.subscribe(query, this.#budget)
    this.#open.set(++this.#opened, liveQuery)
    return this.#opened
  }

  has(handle: number): boolean {
    return this.#open.has(handle)
  }

  /** The next Event of a handle; `undefined` when none waits or the handle is unknown. */
  poll(handle: number): LiveEvent | undefined {
    const event = this.#open.get(handle)?.poll()
    if (event !== undefined) this.#deliveredCount++
    return event
  }

  /**
   * Takes waiting Events of all handles in the order in which their samples arrived, at most `eventsMax`.
   *
   * @param except - handles whose Events stay queued
   */
  take(eventsMax: number, except: ReadonlySet<number>, visit: EventVisitor): void {
    const sources = new BinaryHeap<Source>(
      (left, right) => left.arrival < right.arrival || (left.arrival === right.arrival && left.handle < right.handle),
    )
    const offer = (handle: number, liveQuery: LiveQuery): void => {
      const arrival = liveQuery.oldestArrival
      if (arrival !== Number.POSITIVE_INFINITY) sources.push({ handle, liveQuery, arrival })
    }
    for (const [handle, liveQuery] of this.#open) if (!except.has(handle)) offer(handle, liveQuery)
    for (let taken = 0; taken < eventsMax; taken++) {
      const source = sources.pop()
      if (source === undefined) return
      this.#deliveredCount++
      visit(source.handle, source.arrival, source.liveQuery.poll()!)
      offer(source.handle, source.liveQuery)
    }
  }

  /** Frees a handle; false if it is unknown. */
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

/** A handle that holds an Event, with the arrival of its oldest. */
interface Source {
  readonly handle: number
  readonly liveQuery: LiveQuery
  readonly arrival: number
}

const noHandles: ReadonlySet<number> = new Set()
