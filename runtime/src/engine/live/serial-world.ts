/**
 * What one workflow sees, and when: the rule that makes a green test mean green in staging.
 *
 * Samples arrive in one order, and a workflow sees exactly those that are *revealed* to it. Every call it makes is as
 * of that position, however much has arrived since and however the samples were batched:
 *
 * - A poll returns the next Event of its handle.
 * - If there is none, and no other handle holds an Event, it reveals samples up to the next one that makes an Event
 *   for this workflow. Those that make none take up no poll.
 * - While another handle holds an Event, it answers nothing and reveals nothing, because the workflow is about to poll
 *   that handle: up to `max(64, 2 × handles)` times in a row, so a handle that is never polled cannot stop the others.
 * - If the next sample arrives more than a tick after the position, a poll that may reveal answers nothing instead, and
 *   the position moves by a tick.
 *
 * So what a workflow does is a function of the order of arrival, and not of how fast it is. A replay reveals from its
 * input, staging from what has arrived; both do it here.
 */
import type { LiveEvent } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { HandleTable } from './handle-table.ts'

/** What has arrived and is not revealed, oldest first. */
export interface Ahead {
  /** When the next sample arrived; `undefined` while none is known. */
  readonly nextAt: Micros | undefined
  /** Reveals it: to the live queries, and to whatever answers questions about the past. @returns whether it made an Event */
  reveal(): boolean
}

/** The result of revealing: an Event for some handle; a tick; or nothing is known to reveal. */
export type Step = 'made' | 'ticked' | 'dry'

/** How far a live query was behind, at worst. */
export interface Lag {
  /** As written by the guest. */
  readonly query: string
  /** Events that waited in its handle. */
  readonly events: number
  /** Since the oldest of them arrived. */
  readonly micros: Micros
}

const idlePollsMin = 64

export class SerialWorld {
  readonly handles: HandleTable
  readonly #ahead: Ahead
  readonly #tickMicros: number
  readonly #lags = new Map<string, Lag>()
  #now: Micros
  #tickedAt: Micros = Number.NEGATIVE_INFINITY
  #idlePolls = 0

  /**
   * @param now - when the workflow starts: everything that arrived before is revealed
   * @param tickMicros - +Infinity = it waits for the next sample without limit
   */
  constructor(handles: HandleTable, ahead: Ahead, now: Micros, tickMicros: number) {
    this.handles = handles
    this.#ahead = ahead
    this.#now = now
    this.#tickMicros = tickMicros
  }

  /** The time of the position: what `now` in a query stands for. Never goes back. */
  get now(): Micros {
    return this.#now
  }

  /** When the next tick is over. */
  get nextTick(): Micros {
    return this.#now + this.#tickMicros
  }

  /**
   * The latest time by which everything that arrived is revealed, whether or not it made an Event: that of the latest
   * tick. −Infinity before the first.
   */
  get tickedAt(): Micros {
    return this.#tickedAt
  }

  /** How far handles were behind because the workflow polled others instead, by query; empty when none was. */
  get lags(): readonly Lag[] {
    return [...this.#lags.values()]
  }

  /** The next revealed Event of a handle. */
  take(handle: number): LiveEvent | undefined {
    const event = this.handles.poll(handle)
    if (event !== undefined) this.#idlePolls = 0
    return event
  }

  /** Whether a poll that found nothing may reveal more; to be asked once per such poll, because it counts them. */
  mayReveal(): boolean {
    if (this.handles.waitingCount === 0) return true
    if (this.#idlePolls++ < Math.max(idlePollsMin, 2 * this.handles.openCount)) return false
    this.#noteLag()
    return true
  }

  /** Reveals up to the next Event, or lets a tick pass. */
  step(): Step {
    for (;;) {
      const at = this.#ahead.nextAt
      if (at === undefined) return 'dry'
      if (at > this.nextTick) {
        this.tick()
        return 'ticked'
      }
      if (!this.#ahead.reveal()) continue
      this.#now = Math.max(this.#now, at)
      this.#idlePolls = 0
      return 'made'
    }
  }

  /** A tick passes without an Event. @param at - when it is over; at its end unless given */
  tick(at: Micros = this.nextTick): void {
    this.#now = at
    this.#tickedAt = at
    this.#idlePolls = 0
  }

  /** Time passes, such as while the workflow waits for an answer. What arrives meanwhile is revealed by later polls. */
  moveTo(at: Micros): void {
    this.#now = Math.max(this.#now, at)
  }

  #noteLag(): void {
    for (const { query, waitingCount, waitingSince } of this.handles.liveQueries.values()) {
      if (waitingCount === 0) continue
      const known = this.#lags.get(query.text)
      const events = Math.max(waitingCount, known?.events ?? 0)
      const micros = Math.max(this.#now - waitingSince, known?.micros ?? 0)
      this.#lags.set(query.text, { query: query.text, events, micros })
    }
  }
}
