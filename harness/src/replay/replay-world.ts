/**
 * What surrounds a replayed guest, in virtual time: the engine, and the rows that arrive in it. When the guest sees
 * which of them is the rule of `SerialWorld`, as in staging.
 *
 * The clock moves only when the guest polls or waits, so the order of everything is a pure function of guest and input.
 */
import {
  Engine,
  HandleTable,
  MemoryStore,
  queueEventsMaxDefault,
  readSeed,
  SerialWorld,
  type Ahead,
  type Lag,
  type LiveEvent,
  type Micros,
  type ProducerId,
  type Query,
  type Series,
  type SeriesId,
  type Step,
} from '@slung/runtime'
import type { Closing } from '../faults/connections.ts'
import type { PassageOfTime } from '../run/passage-of-time.ts'
import type { Feed } from './feed.ts'
import { TimedChecks, type TimedQuery } from './timed-checks.ts'

export interface WorldOptions {
  readonly feed: Feed
  readonly passage: PassageOfTime
  /** Ascending. */
  readonly closings: readonly Closing[]
  /** Questions to the engine, ascending by time. */
  readonly checks: readonly TimedQuery[]
}

export class ReplayWorld implements Ahead {
  /** Holds what is revealed to the guest. */
  readonly store: MemoryStore = new MemoryStore()
  readonly handles: HandleTable
  /** Called for each row after it is in the store. */
  onRow: ((row: number, at: Micros) => void) | undefined
  readonly #engine: Engine
  readonly #serial: SerialWorld
  readonly #options: WorldOptions
  readonly #checks: TimedChecks
  readonly #known: ReadonlySet<ProducerId>
  readonly #closedAt: ReadonlyMap<ProducerId, Micros>
  /** By index into the feed's table of series; `undefined` until the first row of a series. */
  readonly #seriesIds: (SeriesId | undefined)[] = []
  #row = -1
  #closed = 0

  constructor(options: WorldOptions) {
    const { feed, passage, closings, checks } = options
    const { start, tick, delivery } = passage
    const { store } = this
    this.#options = options
    this.#engine = new Engine({ store, now: () => this.now })
    this.handles = new HandleTable((id) => store.series(id), {
      queueEventsMax: delivery === 'latest' ? 1 : queueEventsMaxDefault,
    })
    this.#serial = new SerialWorld(this.handles, this, start, tick ?? Number.POSITIVE_INFINITY)
    this.#checks = new TimedChecks(checks, feed)
    this.#known = new Set(feed.producers)
    this.#closedAt = new Map(closings.map(({ producer, at }) => [producer, at]))
    while (this.nextAt !== undefined && this.nextAt < start) this.reveal()
  }

  get now(): Micros {
    return this.#serial.now
  }

  /** Newest replayed row; −1 before the first. */
  get row(): number {
    return this.#row
  }

  /** How far handles were behind because the guest polled others instead. */
  get lags(): readonly Lag[] {
    return this.#serial.lags
  }

  /** When the next row arrives, or the next connection closes; `undefined` when the run ends first. */
  get nextAt(): Micros | undefined {
    const next = Math.min(this.#nextRowAt, this.#nextClosingAt)
    return next <= this.#end ? next : undefined
  }

  /** Replays the next row, or closes the next connection. */
  reveal(): boolean {
    const { feed, closings } = this.#options
    const at = this.#nextRowAt
    // A connection closes before what arrives at that time.
    if (this.#nextClosingAt <= at) {
      this.handles.closeProducer(closings[this.#closed++]!.producer)
      return false
    }
    const row = ++this.#row
    const index = feed.series[row]!
    const series = (this.#seriesIds[index] ??= this.#engine.intern(feed.seriesTable[index]!))
    const [timestamp, value] = [feed.timestamps[row]!, feed.values[row]!]
    this.#engine.append(series, timestamp, value)
    const isMade = this.handles.offer(series, timestamp, value, feed.producers[row]!, at)
    this.onRow?.(row, Math.max(this.now, at))
    return isMade
  }

  /** @throws {SlungError} `too-many-handles`, `bad-live-range`, `too-many-window-samples` */
  subscribe(query: Query): number {
    const { handles } = this
    handles.assertRoom(query)
    const admit = (count: number): void => handles.assertWindowRoom(query, count)
    return handles.add(query, handles.equalTo(query) ?? readSeed(this.store, query, this.now, admit))
  }

  history(query: Query): number {
    return this.#engine.history(query)
  }

  /** Takes a sample that the guest writes. @throws {SlungError} why it is refused */
  write(series: Series, timestamp: Micros, value: number): void {
    const id = this.#engine.intern(series)
    this.#engine.append(id, timestamp, value)
    this.handles.offer(id, timestamp, value, 0, this.now)
    this.#checks.write(series, timestamp, value, this.now)
  }

  /** Whether writebacks reach this connection. */
  isOpen(producer: ProducerId): boolean {
    return this.#known.has(producer) && (this.#closedAt.get(producer) ?? Number.POSITIVE_INFINITY) > this.now
  }

  /** The next Event of a handle that is revealed. */
  take(handle: number): LiveEvent | undefined {
    return this.#serial.take(handle)
  }

  /** As `SerialWorld.mayReveal`. */
  mayReveal(): boolean {
    return this.#serial.mayReveal()
  }

  /** Replays rows up to the next Event, or lets a tick pass; `dry` when the run is over. */
  step(): Step {
    const step = this.#serial.step()
    if (step !== 'dry') return step
    const { tick, until } = this.#options.passage
    // Without ticks, the guest gets one look at the end.
    const next = tick === null && until !== null && this.now < until ? until : this.#serial.nextTick
    if (next <= this.#end) {
      this.#serial.tick(next)
      return 'ticked'
    }
    this.#serial.moveTo(this.#end)
    return 'dry'
  }

  /**
   * Time passes while the guest waits for an answer. Rows that arrive meanwhile are revealed by later polls.
   *
   * @returns false when the run ends before it is over
   */
  pass(micros: Micros): boolean {
    const { until, delivery } = this.#options.passage
    const awaited = this.now + micros
    const end = Math.min(awaited, until ?? awaited)
    this.#serial.moveTo(end)
    // Where only the latest Event is kept, those that it replaces are gone before the next poll.
    if (delivery === 'latest') while (this.nextAt !== undefined && this.nextAt <= end) this.reveal()
    return end === awaited
  }

  /** Answers to `checks` in their order, as far as the clock has come. */
  answers(): readonly number[] {
    return this.#checks.answersUntil(this.now)
  }

  /** When the run ends with its input. */
  get #end(): Micros {
    const { feed, passage } = this.#options
    return passage.until ?? Math.max(this.now, feed.arrives[feed.count - 1] ?? passage.start)
  }

  /** When the next row arrives; +Infinity after the last. */
  get #nextRowAt(): Micros {
    const { feed } = this.#options
    return this.#row + 1 < feed.count ? feed.arrives[this.#row + 1]! : Number.POSITIVE_INFINITY
  }

  /** When the next connection closes; +Infinity when none does any more. */
  get #nextClosingAt(): Micros {
    return this.#options.closings[this.#closed]?.at ?? Number.POSITIVE_INFINITY
  }
}
