/**
 * The way of every sample that arrives: into the engine at once, to the workflows at the end of the event turn, and to the
 * disk by group commit, after which it is acknowledged.
 *
 * When the disk does not keep up, or fails, whoever sends is made to wait: what is not durable yet is bounded.
 */
import type { LimitsConfig } from './config/runtime-config.ts'
import type { Engine } from '../engine/engine.ts'
import { FrameDecoder } from './wire/frame-decoder.ts'
import type { SampleSink } from '../engine/model/sample-sink.ts'
import { noProducer } from '../engine/live/aggregate.ts'
import type { ProducerId } from '../engine/model/live-event.ts'
import type { Series } from '../engine/model/series.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { formatTimestamp, type Micros } from '../engine/model/timestamp.ts'
import type { SampleStore, SeriesId } from '../engine/store/sample-store.ts'

export interface IngestOptions {
  readonly engine: Engine
  readonly store: SampleStore
  readonly limits: Pick<LimitsConfig, 'futureMicros' | 'backlogSamplesMax'>
  readonly now: () => Micros
  /** Called at the end of an event turn in which samples were appended. */
  readonly onAppended: () => void
  /** Called when commits begin to fail, and when they work again (`null`). */
  readonly onFailure: (failure: SlungError | null) => void
}

/** A sender that wants to know how many of its samples are durable. */
export interface Acknowledged {
  /** Samples of it that were taken so far. */
  readonly takenCount: number
  acknowledge(durableCount: number): void
}

/** A sender that can be made to wait. */
export interface Pausable {
  pause(): void
  resume(): void
}

/**
 * Receives every sample that was taken, in order.
 *
 * @param producer - 0 = none
 * @param writer - the workflow that wrote it; `null` = it came from outside
 */
export type SampleTap = (
  series: SeriesId,
  timestamp: Micros,
  value: number,
  producer: ProducerId,
  writer: string | null,
) => void

const retryMillis = 1000

export class Ingest {
  /** Where samples without a connection go: bodies of HTTP requests. */
  readonly sink: SampleSink
  /** `null` while nobody records: it is asked for at every sample. */
  tap: SampleTap | null = null
  readonly #options: IngestOptions
  readonly #frames: FrameDecoder
  #frameProducer: ProducerId = noProducer
  /** Timestamps up to here are certainly not too far in the future. */
  #latestAllowed: Micros = Number.NEGATIVE_INFINITY
  #turnEnd: NodeJS.Immediate | undefined
  #isCommitting = false
  #retry: NodeJS.Timeout | undefined
  readonly #toAcknowledge = new Set<Acknowledged>()
  #durableWaiters: PromiseWithResolvers<void>[] = []
  readonly #paused = new Set<Pausable>()
  #failure: SlungError | null = null
  #acceptedCount = 0
  #commitCount = 0

  constructor(options: IngestOptions) {
    this.#options = options
    this.sink = this.#createSink(() => noProducer)
    this.#frames = new FrameDecoder(this.#createSink(() => this.#frameProducer))
  }

  /** Where the samples go that a workflow writes. */
  sinkOf(workflow: string): SampleSink {
    return this.#createSink(() => noProducer, workflow)
  }

  /** Samples taken so far. */
  get acceptedCount(): number {
    return this.#acceptedCount
  }

  get commitCount(): number {
    return this.#commitCount
  }

  /** Why the latest commit failed; `null` when it did not. */
  get failure(): SlungError | null {
    return this.#failure
  }

  /** Whether so much is not durable yet that senders have to wait. */
  get isFull(): boolean {
    return this.#options.store.uncommittedCount >= this.#options.limits.backlogSamplesMax
  }

  /**
   * Takes one binary frame of a connection.
   *
   * @param onRefused - receives the events that were not taken, with their index in the frame
   * @returns how many events were taken
   * @throws {FrameError} when it is no sequence of events; those before the fault are taken
   */
  takeFrame(
    producer: ProducerId,
    frame: Uint8Array,
    onRefused: (refusal: SlungError, eventIndex: number) => void,
  ): number {
    this.#frameProducer = producer
    return this.#frames.decode(frame, onRefused)
  }

  /** Asks for an acknowledgement of what a sender has sent until now. */
  acknowledgeTo(sender: Acknowledged): void {
    this.#toAcknowledge.add(sender)
    this.#scheduleTurnEnd()
  }

  /** A sender that is gone. */
  forget(sender: Acknowledged & Pausable): void {
    this.#toAcknowledge.delete(sender)
    this.#paused.delete(sender)
  }

  /** Makes a sender wait until there is room. */
  pause(sender: Pausable): void {
    if (this.#paused.has(sender)) return
    this.#paused.add(sender)
    sender.pause()
  }

  /** Resolves when there is room for more, at once as a rule. */
  async room(): Promise<void> {
    if (this.isFull) await new Promise<void>((resume) => this.pause({ pause: () => {}, resume }))
  }

  /** Resolves when everything taken until now is durable. @throws {SlungError} `store-failed` */
  durable(): Promise<void> {
    const waiter = Promise.withResolvers<void>()
    this.#durableWaiters.push(waiter)
    this.#scheduleTurnEnd()
    return waiter.promise
  }

  /** Ends the retries; what is not durable is the store's to save when it closes. */
  close(): void {
    clearTimeout(this.#retry)
    clearImmediate(this.#turnEnd)
  }

  #createSink(producer: () => ProducerId, writer: string | null = null): SampleSink {
    const { engine } = this.#options
    return {
      intern: (series: Series) => engine.intern(series),
      append: (series: number, timestamp: Micros, value: number) => {
        if (timestamp > this.#latestAllowed) this.#checkFuture(timestamp)
        engine.append(series, timestamp, value, producer())
        this.#acceptedCount++
        if (this.tap !== null) this.tap(series, timestamp, value, producer(), writer)
        this.#scheduleTurnEnd()
      },
    }
  }

  /** The bound moves with the clock, which is asked only when a timestamp lies beyond the last one. */
  #checkFuture(timestamp: Micros): void {
    const { now, limits } = this.#options
    this.#latestAllowed = now() + limits.futureMicros
    if (timestamp <= this.#latestAllowed || !Number.isSafeInteger(timestamp)) return
    throw new SlungError(
      'future-timestamp',
      `timestamp ${timestamp} (${formatTimestamp(timestamp)}) is further in the future than is allowed; ` +
        'timestamps are microseconds since the Unix epoch',
    )
  }

  #scheduleTurnEnd(): void {
    this.#turnEnd ??= setImmediate(() => {
      this.#turnEnd = undefined
      this.#options.onAppended()
      void this.#commit()
    })
  }

  /** Commits until nothing is left, one commit at a time: what comes meanwhile is the next group. */
  async #commit(): Promise<void> {
    if (this.#isCommitting || this.#retry !== undefined) return
    this.#isCommitting = true
    const senders = [...this.#toAcknowledge].map((sender) => ({ sender, count: sender.takenCount }))
    this.#toAcknowledge.clear()
    const waiters = this.#durableWaiters
    this.#durableWaiters = []
    try {
      await this.#options.store.commit()
      this.#commitCount++
      this.#setFailure(null)
      for (const { sender, count } of senders) sender.acknowledge(count)
      for (const waiter of waiters) waiter.resolve()
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      this.#setFailure(error)
      for (const { sender } of senders) this.#toAcknowledge.add(sender)
      for (const waiter of waiters) waiter.reject(error)
      this.#retry = setTimeout(() => {
        this.#retry = undefined
        void this.#commit()
      }, retryMillis)
    } finally {
      this.#isCommitting = false
    }
    this.#resumeIfRoom()
    const { uncommittedCount } = this.#options.store
    if (uncommittedCount > 0 || this.#toAcknowledge.size > 0 || this.#durableWaiters.length > 0) this.#scheduleTurnEnd()
  }

  #setFailure(failure: SlungError | null): void {
    if (failure?.message === this.#failure?.message) return
    this.#failure = failure
    this.#options.onFailure(failure)
  }

  #resumeIfRoom(): void {
    const { store, limits } = this.#options
    // Not at the bound itself, or senders would be stopped and started at every commit.
    if (this.#paused.size === 0 || store.uncommittedCount > limits.backlogSamplesMax / 2) return
    const senders = [...this.#paused]
    this.#paused.clear()
    for (const sender of senders) sender.resume()
  }
}
