/** What a replay that takes long is doing, seen from the thread of the test. */
import { formatTimestamp, grouped, plural, shortenAndCount, type GuestHttpRequest } from '@slung/runtime'
import type { FeedSource } from './feed.ts'
import { progressSlots } from './replay-messages.ts'

/** A long URL says no more than its beginning. */
const urlUnitsMax = 200

export class Slowness {
  readonly #workflow: string
  readonly #source: FeedSource
  readonly #progress: Float64Array
  readonly #waiting: { readonly pending: GuestHttpRequest | undefined }
  /** The progress that was described last. */
  #before: Float64Array

  /**
   * @param progress - shared with the guest's thread; see `progressSlots`
   * @param waiting - has the request that the guest waits for
   */
  constructor(
    workflow: string,
    source: FeedSource,
    progress: Float64Array,
    waiting: { readonly pending: GuestHttpRequest | undefined },
  ) {
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
    return `the replay of ${this.#workflow} has taken ${seconds} s: ${this.#activity(before)}`
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
