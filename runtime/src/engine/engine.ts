/**
 * The engine: a store, and live queries over the samples appended to it.
 *
 * Pure and synchronous: no input or output, no timers, no randomness; the clock is passed in. A replay drives it in
 * virtual time, row by row; a program of yours may drive it with whatever it has.
 */
import { historyInSteps } from './evaluate-history.ts'
import { EventBudget } from './live/event-budget.ts'
import { queueEventsMaxDefault } from './live/handle-table.ts'
import { LiveQuery } from './live/live-query.ts'
import { SharedAggregate } from './live/shared-aggregate.ts'
import { Subscriptions } from './live/subscriptions.ts'
import { noProducer, type AppendRefusal, type SampleBatch } from './model/columns.ts'
import type { ProducerId } from './model/live-event.ts'
import type { Series } from './model/series.ts'
import { SlungError } from './model/slung-error.ts'
import { finish } from './model/steps.ts'
import { assertTimestamp, type Micros } from './model/timestamp.ts'
import type { Query } from './query/query.ts'
import { readSeed } from './read-seed.ts'
import { assertSound, internWithin, noSeriesLimits } from './store/append-rules.ts'
import type { SeriesId } from './store/history-source.ts'
import type { SampleHead } from './store/sample-head.ts'
import { StepwiseReading } from './store/stepwise-reading.ts'

export interface EngineOptions {
  /** Owned by the caller, which closes it after the engine's last use. */
  readonly store: SampleHead
  /** Called whenever `now` occurs in a query, and when a sample makes an Event. */
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
  readonly #live: Subscriptions
  readonly #sources = new Map<LiveQuery, SharedAggregate>()
  /** The batch of a single sample. */
  readonly #one = {
    count: 1,
    series: new Uint32Array(1),
    timestamps: new Float64Array(1),
    values: new Float64Array(1),
    producers: new Float64Array(1),
  } satisfies SampleBatch

  constructor(options: EngineOptions) {
    const { store } = options
    this.#store = store
    this.#now = options.now
    this.#queueEventsMax = options.queueEventsMax ?? queueEventsMaxDefault
    this.#seriesMax = options.seriesMax ?? Number.POSITIVE_INFINITY
    this.#live = new Subscriptions((id) => store.series(id))
  }

  /** The id under which samples of this series are appended. @throws {SlungError} `too-many-series` */
  intern(series: Series): SeriesId {
    return internWithin(this.#store, series, { ...noSeriesLimits, seriesMax: this.#seriesMax })
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
    assertSound(batch)
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
    return finish(historyInSteps(new StepwiseReading(this.#store), query, this.#now()))
  }

  /**
   * Subscribes to a query.
   *
   * @param budget - shared by its waiting Events and those of other subscriptions; its own unless given
   * @throws {SlungError} `bad-live-range` when its range cannot be kept up to date
   */
  subscribe(query: Query, budget: EventBudget = new EventBudget(this.#queueEventsMax)): LiveQuery {
    const source = new SharedAggregate(query, readSeed(this.#store, query, this.#now()))
    const liveQuery = new LiveQuery(query, this.#queueEventsMax, budget)
    source.join(liveQuery)
    this.#live.add(source)
    this.#sources.set(liveQuery, source)
    return liveQuery
  }

  /** Ends a subscription; it receives nothing more. */
  free(liveQuery: LiveQuery): void {
    const source = this.#sources.get(liveQuery)
    if (source === undefined) return
    this.#sources.delete(liveQuery)
    this.#live.delete(source)
  }

  /** Forgets a closed connection: no later Event names it. */
  closeProducer(producer: ProducerId): void {
    for (const source of this.#live.all) source.closeProducer(producer)
  }

  /** Offers a stored sample to the live queries that match its series. */
  #offer(series: SeriesId, timestamp: Micros, value: number, producer: ProducerId): void {
    const listeners = this.#live.concerning(series)
    if (listeners.length === 0) return
    const { tags } = this.#store.series(series)
    const at = this.#now()
    for (const listener of listeners) listener.accept(timestamp, value, tags, producer, at)
  }
}
