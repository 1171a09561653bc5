/** What a replay that takes long is doing, seen from the thread of the test. */
import { formatTimestamp, grouped, plural, shortenAndCount, type GuestHttpRequest } from '@slung/runtime'
import { percentOf } from '../run/progress.ts'
import type { FeedSource } from './feed.ts'
import { progressSlots } from './replay-messages.ts'

/** A long URL says no more than its beginning. */
const urlUnitsMax = 200

export class Slowness {
  readonly #program: string
  readonly #workflow: string
  readonly #source: FeedSource
  readonly #progress: Float64Array
  readonly #waiting: { readonly pending: GuestHttpRequest | undefined }
  /** The progress that was described last. */
  #before: Float64Array

  /**
   * @param program - the command that replays
   * @param progress - shared with the guest's thread; see `progressSlots`
   * @param waiting - has the request that the guest waits for
   */
  constructor(
    program: string,
    workflow: string,
    source: FeedSource,
    progress: Float64Array,
    waiting: { readonly pending: GuestHttpRequest | undefined },
  ) {
    this.#program = program
    this.#workflow = workflow
    this.#source = source
    this.#progress = progress
    this.#waiting = waiting
    this.#before = progress.slice()
  }

  /** A sentence without a full stop. @param seconds - how long the replay has taken */
  describe(seconds: number): string {
    const before = this.#before
    this.#before = this.#progress.slice()
    return `${this.#program}: the replay of ${this.#workflow} has taken ${seconds} s: ${this.#activity(before)}`
  }

  /** One line of a terminal: `replaying alert.wasm: 43 %, 1,200 of 2,800 rows, 9 s`. @param seconds - as above */
  progress(seconds: number): string {
    const { pending } = this.#waiting
    const rows = `${grouped(this.#progress[progressSlots.rows]!)} of ${plural(this.#source.feed.count, 'row')}`
    const waiting = pending === undefined ? '' : `, waiting for ${requestLine(pending)}`
    return `replaying ${this.#workflow}: ${percentOf(this.#share, 1)}, ${rows}, ${seconds} s${waiting}`
  }

  /** From 0 to 1. A run is over when both its rows and its time are: rows may come in bursts, and ticks go on after them. */
  get #share(): number {
    const { feed, passage } = this.#source
    const end = passage.until ?? feed.arrives.at(-1) ?? passage.start
    const rowShare = feed.count === 0 ? 1 : this.#progress[progressSlots.rows]! / feed.count
    const passed = Math.max(0, this.#progress[progressSlots.now]! - passage.start)
    return Math.min(rowShare, end > passage.start ? passed / (end - passage.start) : 1, 1)
  }

  #activity(before: Float64Array): string {
    const { pending } = this.#waiting
    if (pending !== undefined) return `${requestLine(pending)} has no answer yet`
    const [rows, now] = [this.#progress[progressSlots.rows]!, this.#progress[progressSlots.now]!]
    const place = `at ${formatTimestamp(now)}, after ${grouped(rows)} of ${plural(this.#source.feed.count, 'row')}`
    const isStill = this.#progress.every((value, slot) => value === before[slot])
    return isStill ? `the workflow computes without polling, ${place}` : `it is ${place}`
  }
}

export function requestLine({ method, url }: GuestHttpRequest): string {
  return `${method} ${shortenAndCount(url, urlUnitsMax)}`
}
