/**
 * What surrounds a replayed guest, in virtual time: the engine, and the rows that arrive in it.
 *
 * The clock moves in steps, and only on request: to the next row, by a tick, or past everything that arrives while the
 * guest waits for an answer. So the order of everything is a pure function of guest and input.
 */
import {
  Engine,
  HandleTable,
  MemoryStore,
  noProducer,
  queueEventsMaxDefault,
  type LiveEvent,
  type Micros,
  type ProducerId,
  type Query,
  type SeriesId,
} from '@slung/runtime'
import type { Closing } from '../faults/connections.ts'
import type { Feed } from './feed.ts'
import type { PassageOfTime } from '../run/passage-of-time.ts'

export interface WorldOptions {
  readonly feed: Feed
  readonly passage: PassageOfTime
  /** Ascending. */
  readonly closings: readonly Closing[]
  /** Questions to the engine, ascending by time. */
  readonly checks: readonly TimedQuery[]
}

export interface TimedQuery {
  readonly at: Micros
  readonly query: Query
}

/** `held`: time could pass, but some handle holds an Event that the guest may still poll. */
export type Step = 'moved' | 'held' | 'ended'

export class ReplayWorld {
  readonly store: MemoryStore = new MemoryStore()
  readonly engine: Engine
  readonly handles: HandleTable
  /** Called for each row after it is in the store. */
  onRow: ((row: number) => void) | undefined
  readonly #options: WorldOptions
  readonly #open: Set<ProducerId>
  /** By index into the feed's table of series; `undefined` until the first row of a series. */
  readonly #seriesIds: (SeriesId | undefined)[] = []
  /** Answers so far, in the order of `checks`. */
  readonly #answers: number[] = []
  #now: Micros
  #row = -1
  #closed = 0
  /** Arrivals that happened while the guest waited; polls reveal them one by one, as staging does. */
  #hidden: number[] = []
  #visibleUntil = Number.POSITIVE_INFINITY

  constructor(options: WorldOptions) {
    const { feed, passage } = options
    this.#options = options
    this.#now = Math.min(passage.start, feed.arrives[0] ?? passage.start)
    const queueEventsMax = passage.delivery === 'latest' ? 1 : queueEventsMaxDefault
    this.engine = new Engine({ store: this.store, now: () => this.#now, queueEventsMax })
    this.handles = new HandleTable(this.engine)
    this.#open = new Set(feed.producers.filter((producer) => producer !== noProducer))
    while (this.#nextArrival() < passage.start) {
      this.#moveTo(this.#nextArrival())
      this.#replayRow()
    }
    this.#moveTo(passage.start)
  }

  get now(): Micros {
    return this.#now
  }

  /** Newest replayed row; −1 before the first. */
  get row(): number {
    return this.#row
  }

  /** Whether writebacks reach this connection. */
  isOpen(producer: ProducerId): boolean {
    return this.#open.has(producer)
  }

  /** The next Event that has arrived for a handle and that the guest may see. */
  poll(handle: number): LiveEvent | undefined {
    if (this.#visibleUntil !== Number.POSITIVE_INFINITY && this.handles.oldestArrival(handle) > this.#visibleUntil) {
      return undefined
    }
    return this.handles.poll(handle)
  }

  /** Lets the guest see what one more sample made while it waited; false when it has seen all. */
  reveal(): boolean {
    if (this.#hidden.length === 0) return false
    this.#visibleUntil = this.#hidden.shift()!
    if (this.#hidden.length === 0) this.#visibleUntil = Number.POSITIVE_INFINITY
    return true
  }

  /**
   * Replays one row, or lets time pass up to it or up to the end of the run.
   *
   * @param force - even while a handle holds an Event
   */
  advance(force: boolean): Step {
    const { tick, until, delivery } = this.#options.passage
    // The Event that another handle holds would coalesce with that of the next row, though the guest is about to poll
    // it.
    if (!force && delivery === 'latest' && this.handles.isWaiting()) return 'held'
    const row = this.#nextArrival()
    const end = row === Number.POSITIVE_INFINITY ? (until ?? this.#now) : row
    const next = tick === null ? end : Math.min(end, this.#now + tick)
    if (next === row) {
      this.#moveTo(row)
      this.#replayRow()
      return 'moved'
    }
    if (next <= this.#now) return 'ended'
    if (!force && this.handles.isWaiting()) return 'held'
    this.#moveTo(next)
    return 'moved'
  }

  /**
   * Time passes while the guest waits: rows arrive, Events queue up.
   *
   * @returns false when the run ends before it is over
   */
  pass(micros: Micros): boolean {
    const { until, delivery } = this.#options.passage
    const awaited = this.#now + micros
    const end = Math.min(awaited, until ?? awaited)
    for (let row = this.#nextArrival(); row <= end; row = this.#nextArrival()) {
      this.#moveTo(row)
      const before = this.handles.newestArrival
      this.#replayRow()
      const newest = this.handles.newestArrival
      // Where only the latest is kept, there is no order to reveal.
      if (newest > before && delivery === 'queue') this.#hide(newest)
    }
    this.#moveTo(end)
    return end === awaited
  }

  /** Answers to `checks` in their order, as far as the clock has come. */
  answers(): readonly number[] {
    this.#answerBefore(this.#now + 1)
    return this.#answers
  }

  #hide(arrival: number): void {
    if (this.#hidden.length === 0) this.#visibleUntil = arrival - 1
    this.#hidden.push(arrival)
    // Those that have coalesced meanwhile have nothing to reveal.
    const oldest = this.handles.oldestArrival()
    while (this.#hidden[0]! < oldest && oldest !== Number.POSITIVE_INFINITY) this.#hidden.shift()
  }

  /** When the next row arrives; +Infinity when the run ends first. */
  #nextArrival(): Micros {
    const { feed, passage } = this.#options
    const next = this.#row + 1
    const arrives = next < feed.count ? feed.arrives[next]! : Number.POSITIVE_INFINITY
    return passage.until !== null && arrives > passage.until ? Number.POSITIVE_INFINITY : arrives
  }

  #replayRow(): void {
    const { feed } = this.#options
    const row = ++this.#row
    const index = feed.series[row]!
    const series = (this.#seriesIds[index] ??= this.engine.intern(feed.seriesTable[index]!))
    this.engine.append(series, feed.timestamps[row]!, feed.values[row]!, feed.producers[row])
    this.onRow?.(row)
  }

  #moveTo(time: Micros): void {
    if (this.#answers.length < this.#options.checks.length) this.#answerBefore(time)
    this.#now = time
    if (this.#closed < this.#options.closings.length) this.#closeUntil(time)
  }

  /** A question for a time sees everything that arrived up to and including that instant. */
  #answerBefore(time: Micros): void {
    const { checks } = this.#options
    const now = this.#now
    for (let check = checks[this.#answers.length]; check !== undefined && check.at < time;) {
      this.#now = Math.max(now, check.at)
      this.#answers.push(this.engine.history(check.query))
      check = checks[this.#answers.length]
    }
    this.#now = now
  }

  #closeUntil(time: Micros): void {
    const { closings } = this.#options
    for (let next = closings[this.#closed]; next !== undefined && next.at <= time; next = closings[++this.#closed]) {
      this.#open.delete(next.producer)
      this.engine.closeProducer(next.producer)
    }
  }
}
