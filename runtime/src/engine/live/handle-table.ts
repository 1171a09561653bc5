/**
 * The live queries of one guest, by handle, and the Events that they hold for it.
 *
 * Handles count from 1 and are never reused, so a freed handle stays unknown. Another guest's handles are unknown too.
 */
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query } from '../query/query.ts'
import { Summary, type SummaryState } from '../aggregate/summary.ts'
import { EventBudget } from './event-budget.ts'
import { LiveQuery } from './live-query.ts'
import { planLiveRange } from './live-range.ts'
import type { Seed } from './seed.ts'
import { SharedAggregate } from './shared-aggregate.ts'
import { Subscriptions } from './subscriptions.ts'
import { windowSamplesMaxDefault, windowsOverflow, windowTooLarge } from './window-limit.ts'

/** Most open handles per guest. */
export const handlesOpenMax = 1024

/** Events that a live query holds before the oldest coalesce into the newest. */
export const queueEventsMaxDefault = 65_536

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
  /** How many groups have an aggregate; 0 for a query without groups. */
  readonly groups: number
}

export interface HandleLimits {
  /** Events that one handle holds. */
  readonly queueEventsMax?: number
  /** Samples in the windows of all handles together. */
  readonly windowSamplesMax?: number
}

/** What live queries over the same aggregate do not see. */
export interface SkippedSamples {
  readonly handles: readonly number[]
  /** Events that each of them does not get. */
  readonly eventCount: number
  /** Replaces the windows; `null` where there are none. */
  readonly seed: Seed | null
  /** The missed samples by group, which come on top of what was counted where there is no window. */
  readonly missed: ReadonlyMap<string, SummaryState>
}

/** An aggregate with the handles that read it. */
interface Source {
  readonly aggregate: SharedAggregate
  readonly handles: Set<number>
  /** `undefined` where there is no window. */
  readonly windowKey: string | undefined
}

export class HandleTable {
  readonly #seriesOf: (id: number) => Series
  readonly #queueEventsMax: number
  readonly #windowSamplesMax: number
  readonly #budget = new EventBudget(waitingEventsBudget)
  readonly #open = new Map<number, LiveQuery>()
  readonly #sources = new Map<number, Source>()
  readonly #subscriptions: Subscriptions
  /** The latest window over each selection of series, of each width. */
  readonly #windows = new Map<string, Source>()
  #windowSampleCount = 0
  #opened = 0
  #deliveredCount = 0
  // The counters of freed handles; open ones keep their own.
  #coalescedFreed = 0
  #lateFreed = 0

  /** @param seriesOf - the series of an id that `offer` is called with */
  constructor(seriesOf: (id: number) => Series, limits: HandleLimits = {}) {
    this.#seriesOf = seriesOf
    this.#queueEventsMax = limits.queueEventsMax ?? queueEventsMaxDefault
    this.#windowSamplesMax = limits.windowSamplesMax ?? windowSamplesMaxDefault
    this.#subscriptions = new Subscriptions(seriesOf)
  }

  /** How many handles are open. */
  get openCount(): number {
    return this.#open.size
  }

  /** The handle that `open` returns next. */
  get next(): number {
    return this.#opened + 1
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

  /** Events that wait in all handles together. */
  get waitingCount(): number {
    return this.#budget.waitingCount
  }

  /** The open handles with their live queries, in the order in which they were opened. */
  get liveQueries(): ReadonlyMap<number, LiveQuery> {
    return this.#open
  }

  /** All open handles, in the order in which they were opened. */
  status(): HandleStatus[] {
    return [...this.#open].map(([handle, { query, waitingCount, coalescedCount, lateCount }]) => ({
      handle,
      query: query.text,
      waiting: waitingCount,
      coalesced: coalescedCount,
      late: lateCount,
      groups: this.groupCountOf(handle),
    }))
  }

  /** How many groups of an open handle have an aggregate; 0 for a query without groups. */
  groupCountOf(handle: number): number {
    const { aggregate } = this.#sources.get(handle)!
    return aggregate.isGrouped ? aggregate.groupCount : 0
  }

  /** @throws {SlungError} `too-many-handles` when no other handle can be opened */
  assertRoom(query: Query): void {
    if (this.#open.size < handlesOpenMax) return
    throw new SlungError(
      'too-many-handles',
      `cannot subscribe to "${query.text}": ${handlesOpenMax} handles are already open; free those you no longer need`,
    )
  }

  /**
   * Samples in the windows of all handles together, and what groups take up besides; those of a window that handles
   * share count once.
   */
  get windowSampleCount(): number {
    return this.#windowSampleCount
  }

  /** @throws {SlungError} `too-many-window-samples` when a window may not begin with `count` samples */
  assertWindowRoom(query: Query, count: number): void {
    const refusal = windowTooLarge(query, count, this.#windowSamplesMax - this.#windowSampleCount)
    if (refusal !== undefined) throw refusal
  }

  /**
   * A handle whose window a subscription to this query would share, because both see the same samples forever.
   *
   * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date
   */
  equalTo(query: Query): number | undefined {
    const key = windowKey(query)
    const latest = key === undefined ? undefined : this.#windows.get(key)
    if (latest === undefined || latest.aggregate.hasCounted) return undefined
    const [handle] = latest.handles
    return handle
  }

  /** Subscribes and returns the handle. @param seed - as of now; or the answer of `equalTo` */
  add(query: Query, seed: Seed | number): number {
    const handle = ++this.#opened
    const liveQuery = new LiveQuery(query, this.#queueEventsMax, this.#budget)
    const source = typeof seed === 'number' ? this.#sources.get(seed)! : this.#addSource(query, seed)
    source.aggregate.join(liveQuery)
    source.handles.add(handle)
    this.#sources.set(handle, source)
    this.#open.set(handle, liveQuery)
    return handle
  }

  #addSource(query: Query, seed: Seed): Source {
    const source = {
      aggregate: new SharedAggregate(query, seed),
      handles: new Set<number>(),
      windowKey: windowKey(query),
    }
    this.#windowSampleCount += source.aggregate.sampleCount
    this.#subscriptions.add(source.aggregate)
    if (source.windowKey !== undefined) this.#windows.set(source.windowKey, source)
    return source
  }

  has(handle: number): boolean {
    return this.#open.has(handle)
  }

  /** Forgets a series of which there will be no sample any more. */
  forgetSeries(series: number): void {
    this.#subscriptions.forget(series)
  }

  /** Whether a sample of this series concerns an open handle. */
  wants(series: number): boolean {
    return this.#subscriptions.concerning(series).length > 0
  }

  /**
   * Offers a sample to the live queries that it concerns.
   *
   * @param producer - `noProducer` for a sample without a connection
   * @param at - when it arrived
   * @returns whether it made an Event
   * @throws {SlungError} `too-many-window-samples` when the windows hold too much from now on: the guest cannot continue
   */
  offer(series: number, timestamp: Micros, value: number, producer: ProducerId, at: Micros): boolean {
    const concerned = this.#subscriptions.concerning(series)
    if (concerned.length === 0) return false
    const { tags } = this.#seriesOf(series)
    let isMade = false
    for (const group of concerned) {
      const before = group.sampleCount
      isMade = group.accept(timestamp, value, tags, producer, at) || isMade
      this.#windowSampleCount += group.sampleCount - before
    }
    if (this.#windowSampleCount > this.#windowSamplesMax) this.#overflow()
    return isMade
  }

  /** Continues after samples that the guest does not see. @throws {SlungError} as `offer` */
  skip(skipped: readonly SkippedSamples[]): void {
    for (const { handles, eventCount, seed, missed } of skipped) {
      for (const handle of handles) this.#open.get(handle)?.skip(eventCount)
      // They share it.
      const aggregate = handles
        .map((handle) => this.#sources.get(handle)?.aggregate)
        .find((found) => found !== undefined)
      if (aggregate === undefined) continue
      this.#windowSampleCount -= aggregate.sampleCount
      if (seed === null) aggregate.addMissed(new Map([...missed].map(([group, state]) => [group, Summary.from(state)])))
      else aggregate.restart(seed)
      this.#windowSampleCount += aggregate.sampleCount
    }
    if (this.#windowSampleCount > this.#windowSamplesMax) this.#overflow()
  }

  #overflow(): never {
    const [largest] = [...this.#subscriptions.all].sort((left, right) => right.sampleCount - left.sampleCount)
    throw windowsOverflow(this.#windowSampleCount, this.#windowSamplesMax, largest!.query, largest!.sampleCount)
  }

  /** Forgets a closed connection: no later Event names it. */
  closeProducer(producer: ProducerId): void {
    for (const aggregate of this.#subscriptions.all) aggregate.closeProducer(producer)
  }

  /** The next Event of a handle; `undefined` when none waits or the handle is unknown. */
  poll(handle: number): LiveEvent | undefined {
    const event = this.#open.get(handle)?.poll()
    if (event !== undefined) this.#deliveredCount++
    return event
  }

  /** Frees a handle; false if it is unknown. */
  free(handle: number): boolean {
    const liveQuery = this.#open.get(handle)
    if (liveQuery === undefined) return false
    this.#open.delete(handle)
    this.#coalescedFreed += liveQuery.coalescedCount
    this.#lateFreed += liveQuery.lateCount
    liveQuery.discard()
    this.#leave(handle, liveQuery)
    return true
  }

  #leave(handle: number, liveQuery: LiveQuery): void {
    const source = this.#sources.get(handle)!
    this.#sources.delete(handle)
    source.aggregate.leave(liveQuery)
    source.handles.delete(handle)
    if (source.handles.size > 0) return
    this.#windowSampleCount -= source.aggregate.sampleCount
    this.#subscriptions.delete(source.aggregate)
    const { windowKey: key } = source
    if (key !== undefined && this.#windows.get(key) === source) this.#windows.delete(key)
  }
}

/** Equal for queries over the same series whose windows are of the same width; `undefined` where there is no window. */
function windowKey({ series, tags, range }: Query): string | undefined {
  const planned = planLiveRange(range, 0)
  return planned.kind === 'rolling' ? JSON.stringify([planned.widthMicros, series.toSorted(), tags]) : undefined
}
