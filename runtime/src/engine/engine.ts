/**
 * The engine: a store, and live queries over the samples appended to it.
 *
 * Pure and synchronous: no input or output, no timers, no randomness; the clock is passed in. `slung-test` drives it in
 * virtual time from fixtures, the reference runtime in real time from sockets, so both see the same behaviour.
 */
import { evaluateHistory, selectionOf } from './evaluate-history.ts'
import type { Aggregate } from './live/aggregate.ts'
import { EventBudget } from './live/event-budget.ts'
import { planLiveRange } from './live/live-range.ts'
import { LiveQuery } from './live/live-query.ts'
import { RunningAggregate } from './live/running-aggregate.ts'
import { SlidingWindow } from './live/sliding-window.ts'
import { assert } from './model/assert.ts'
import { noProducer, type AppendRefusal, type SampleBatch } from './model/columns.ts'
import type { ProducerId } from './model/live-event.ts'
import { formatSeries, type Series } from './model/series.ts'
import { SlungError } from './model/slung-error.ts'
import { assertTimestamp, type Micros } from './model/timestamp.ts'
import { matchesTags } from './query/match-tags.ts'
import type { Query } from './query/query.ts'
import { Summary } from './aggregate/summary.ts'
import type { SeriesId } from './store/history-source.ts'
import type { SampleHead } from './store/sample-head.ts'

/** Events that a live query holds before the oldest coalesce into the newest. */
export const queueEventsMaxDefault = 65_536

export interface EngineOptions {
  /** Owned by the caller, which closes it after the engine's last use. */
  readonly store: SampleHead
  /** Called whenever `now` occurs in a query. */
  readonly now: () => Micros
  readonly queueEventsMax?: number
  /** Most series; unlimited unless given. */
  readonly seriesMax?: number
}

export class Engine {
  readonly #store: SampleHead
  readonly #now: () => Micros
  readonly #queueEventsMax: number
  readonly #seriesMax: number
  readonly #liveQueries = new Set<LiveQuery>()
  // The listeners by series id. Filled when a series is first written, so that an append looks at nothing else.
  readonly #listeners: LiveQuery[][] = []
  #arrivals = 0
  /** The batch of a single sample. */
  readonly #one = {
    count: 1,
    series: new Uint32Array(1),
    timestamps: new Float64Array(1),
    values: new Float64Array(1),
    producers: new Float64Array(1),
  } satisfies SampleBatch

  constructor(options: EngineOptions) {
    this.#store = options.store
    this.#now = options.now
    this.#queueEventsMax = options.queueEventsMax ?? queueEventsMaxDefault
    this.#seriesMax = options.seriesMax ?? Number.POSITIVE_INFINITY
  }

  /** The id under which samples of this series are appended. @throws {SlungError} `too-many-series` */
  intern(series: Series): SeriesId {
    const known = this.#store.find(series)
    if (known !== undefined) return known
    if (this.#store.counts().series >= this.#seriesMax) {
      throw new SlungError(
        'too-many-series',
        `cannot add the series ${formatSeries(series)}: there are already ${this.#seriesMax}, which is the limit`,
      )
    }
    return this.#store.intern(series)
  }

  /**
   * Stores one sample and offers it to the live queries that match its series.
   *
   * @param producer - the connection it came from; omit it for samples without one
   * @throws {SlungError} `bad-timestamp`, `bad-value` (not finite), or an error of the store; nothing is stored then
   */
  append(series: SeriesId, timestamp: Micros, value: number, producer: ProducerId = noProducer): void {
    assertTimestamp(timestamp)
    if (!Number.isFinite(value)) {
      throw new SlungError('bad-value', `value ${value} is not a finite number`)
    }
    const one = this.#one
    one.series[0] = series
    one.timestamps[0] = timestamp
    one.values[0] = value
    one.producers[0] = producer
    const refusals = this.#store.append(one)
    if (refusals.length > 0) throw refusals[0]!.error
    this.#offer(series, timestamp, value, producer)
  }

  /**
   * Stores a batch and offers its samples, in order, to the live queries that match their series.
   *
   * @returns what the store could not take, ascending by index; usually nothing
   */
  appendBatch(batch: SampleBatch): readonly AppendRefusal[] {
    const { count, series, timestamps, values, producers } = batch
    for (let index = 0; index < count; index++) {
      const isSound = Number.isSafeInteger(timestamps[index]) && Number.isFinite(values[index])
      assert(isSound, 'a batch is checked where it is filled')
    }
    const refusals = this.#store.append(batch)
    let refusedCount = 0
    for (let index = 0; index < count; index++) {
      if (refusedCount < refusals.length && refusals[refusedCount]!.index === index) refusedCount++
      else this.#offer(series[index]!, timestamps[index]!, values[index]!, producers[index]!)
    }
    return refusals
  }

  /** Evaluates a query once, over the samples stored now. NaN for AVG, MIN and MAX of nothing. */
  history(query: Query): number {
    return evaluateHistory(this.#store, query, this.#now())
  }

  /**
   * Subscribes to a query.
   *
   * @param budget - shared by its waiting Events and those of other subscriptions; its own unless given
   * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date
   */
  subscribe(query: Query, budget: EventBudget = new EventBudget(this.#queueEventsMax)): LiveQuery {
    const liveQuery = new LiveQuery(query, this.#seededAggregate(query), this.#queueEventsMax, budget)
    this.#liveQueries.add(liveQuery)
    for (const series of this.#store.match(selectionOf(query))) this.#listeners[series]?.push(liveQuery)
    return liveQuery
  }

  /** Ends a subscription; it receives nothing more. */
  free(liveQuery: LiveQuery): void {
    this.#liveQueries.delete(liveQuery)
    for (const series of this.#store.match(selectionOf(liveQuery.query))) {
      const listeners = this.#listeners[series]
      if (listeners !== undefined) this.#listeners[series] = listeners.filter((other) => other !== liveQuery)
    }
  }

  /** Forgets a closed connection: no later Event names it. */
  closeProducer(producer: ProducerId): void {
    for (const liveQuery of this.#liveQueries) liveQuery.closeProducer(producer)
  }

  /** Offers a stored sample to the live queries that match its series. */
  #offer(series: SeriesId, timestamp: Micros, value: number, producer: ProducerId): void {
    const listeners = this.#listeners[series] ?? this.#findListeners(series)
    if (listeners.length === 0) return
    const tags = this.#store.series(series).tags
    const arrival = ++this.#arrivals
    for (const listener of listeners) listener.accept(timestamp, value, tags, producer, arrival)
  }

  #findListeners(series: SeriesId): LiveQuery[] {
    const { name, tags } = this.#store.series(series)
    const listeners = [...this.#liveQueries].filter(
      ({ query }) => query.series.includes(name) && matchesTags(query.tags, tags),
    )
    this.#listeners[series] = listeners
    return listeners
  }

  #seededAggregate(query: Query): Aggregate {
    const selection = selectionOf(query)
    const range = planLiveRange(query.range, this.#now())
    switch (range.kind) {
      case 'running':
        return new RunningAggregate(query.operator, null, new Summary())
      case 'fixed':
        return new RunningAggregate(query.operator, range.span, this.#store.summarise(selection, range.span))
      case 'rolling': {
        const window = new SlidingWindow(query.operator, range.widthMicros)
        const newest = this.#store.newest(selection)
        if (newest !== undefined) {
          const span = { start: newest - range.widthMicros, end: newest }
          this.#store.select(selection, span, (_series, timestamp, value) =>
            window.accept(timestamp, value, noProducer),
          )
        }
        return window
      }
    }
  }
}
