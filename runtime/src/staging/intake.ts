/**
 * The path of every arriving sample: into the store immediately, to the workflows at the end of the event turn, and to
 * the disk by group commit, after which it is acknowledged.
 *
 * When the disk does not keep up, or fails, senders have to wait: the samples that are not durable yet are bounded.
 */
import type { LimitsConfig } from './config/runtime-config.ts'
import type { Arrivals } from '../engine/arrival/arrivals.ts'
import { FrameDecoder, FrameError } from './wire/frame-decoder.ts'
import { SampleBatchBuilder } from '../engine/model/columns.ts'
import type { ProducerId } from '../engine/model/live-event.ts'
import type { Series } from '../engine/model/series.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { formatTimestamp, type Micros } from '../engine/model/timestamp.ts'
import type { SampleHead } from '../engine/store/sample-head.ts'
import { SenderSeries } from '../engine/store/sender-series.ts'
import type { Observers } from './observe/observers.ts'
import type { Clock, Timer, Timers } from './system/clock.ts'

export interface IntakeOptions {
  readonly arrivals: Arrivals
  readonly store: SampleHead
  readonly limits: Pick<LimitsConfig, 'futureMicros' | 'backlogSamplesMax' | 'senderSeriesMax'>
  readonly clock: Pick<Clock, 'now' | 'elapsedMillis'>
  readonly timers: Pick<Timers, 'after' | 'atTurnEnd'>
  readonly observers: Observers
  /** Called at the end of an event turn in which samples may have been taken: wakes workflows that wait for Events. */
  readonly offer: () => void
}

/** A sender that wants to know how many of its samples are durable. */
export interface Acknowledged {
  /** How many of its samples have been taken so far. */
  readonly takenCount: number
  acknowledge(durableCount: number): void
}

/** A sender that can be made to wait. */
export interface Pausable {
  pause(): void
  resume(): void
}

/** From a failed commit to the next one. */
const retryMillis = 1000

export class Intake {
  readonly #options: IntakeOptions
  readonly #frames: FrameDecoder
  readonly #frameBatch: SampleBatchBuilder
  readonly #writtenBatch: SampleBatchBuilder
  readonly #senders: SenderSeries
  /** The workflow that writes a sample at the moment. */
  #writing = ''
  /** Refusals of the frame that is being taken. */
  #refusals: { readonly refusal: SlungError; readonly eventIndex: number }[] = []
  #turnEnd: Timer | undefined
  #isCommitting = false
  /** Whether there is something to commit that is no sample. */
  #isCommitWanted = false
  #isClosed = false
  #retry: Timer | undefined
  readonly #toAcknowledge = new Set<Acknowledged>()
  #durableWaiters: PromiseWithResolvers<void>[] = []
  readonly #paused = new Set<Pausable>()
  #failure: SlungError | null = null
  #removalCount = 0
  #isShortOfMemory = false

  constructor(options: IntakeOptions) {
    this.#options = options
    this.#senders = new SenderSeries(options.limits.senderSeriesMax)
    this.#frameBatch = this.#createBatch(() => `producer ${this.#frameBatch.producer}`)
    this.#frames = new FrameDecoder(this.#frameBatch)
    this.#writtenBatch = this.#createBatch(() => `workflow "${this.#writing}"`)
  }

  /** A batch to fill and hand to `take`, again and again. @param sender - who counts for the series in it, in words */
  createBatch(sender: string): SampleBatchBuilder {
    return this.#createBatch(() => sender)
  }

  /** Whether samples are on their way to the disk. */
  get isCommitting(): boolean {
    return this.#isCommitting
  }

  /** Why the latest commit failed; `null` when it did not. */
  get failure(): SlungError | null {
    return this.#failure
  }

  /** Whether the backlog of samples that are not durable yet makes senders wait. */
  get isFull(): boolean {
    const { store, limits } = this.#options
    const { uncommitted, sealedBytes } = store.counts()
    if (!this.#isShortOfMemory) return uncommitted >= limits.backlogSamplesMax
    // Without a disk, samples stay in memory.
    return uncommitted > 0 || sealedBytes === null
  }

  /** While memory is short, takes samples only as fast as they reach the disk: none while others wait for it. */
  setShortOfMemory(isShort: boolean): void {
    this.#isShortOfMemory = isShort
    this.#resumeIfRoom()
  }

  /**
   * Takes one binary frame of a connection.
   *
   * @param onRefused - receives the events that were not taken, with their index in the frame, in frame order
   * @returns how many events were taken
   * @throws {FrameError} when it is not a sequence of events; those before the fault are taken
   */
  takeFrame(
    producer: ProducerId,
    frame: Uint8Array,
    onRefused: (refusal: SlungError, eventIndex: number) => void,
  ): number {
    this.#frameBatch.producer = producer
    let fault: FrameError | undefined
    let decodedCount = 0
    try {
      decodedCount = this.#frames.decode(frame, this.#noteRefusal)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      fault = error
    }
    const refusedCount = this.take(this.#frameBatch, this.#noteRefusal)
    if (this.#refusals.length > 0) {
      // The decoder refuses before the store does, but a sender hears of its events in the order in which it sent them.
      const refusals = this.#refusals.toSorted((left, right) => left.eventIndex - right.eventIndex)
      this.#refusals = []
      for (const { refusal, eventIndex } of refusals) onRefused(refusal, eventIndex)
    }
    if (fault === undefined) return decodedCount - refusedCount
    throw new FrameError(fault.message, fault.offset, fault.taken - refusedCount)
  }

  /**
   * Takes the samples of a batch, and clears it.
   *
   * @param onRefused - receives those that the store cannot take, with their position in the input; must not throw
   * @param writer - the workflow that wrote them; `null` = they came from outside
   * @returns how many were refused
   */
  take(
    batch: SampleBatchBuilder,
    onRefused: (refusal: SlungError, position: number) => void,
    writer: string | null = null,
  ): number {
    if (batch.count === 0) return 0
    const { arrivals, observers } = this.#options
    const refusals = arrivals.append(batch, writer === null ? 0 : arrivals.writerOf(writer))
    if (refusals.length > 0) {
      for (const { index, error } of refusals) onRefused(error, batch.positionOf(index))
      batch.remove(refusals)
    }
    if (batch.count > 0) observers.tell('samples', batch, writer, arrivals.newestAt)
    batch.clear()
    this.#scheduleTurnEnd()
    return refusals.length
  }

  /** Takes one sample that a workflow writes. @throws {SlungError} why it is refused */
  write(workflow: string, series: Series, timestamp: Micros, value: number): void {
    const batch = this.#writtenBatch
    this.#writing = workflow
    batch.add(batch.intern(series, timestamp), timestamp, value, 0)
    // Thrown only once the batch is empty again: otherwise the sample would come back with the next one.
    const refusals: SlungError[] = []
    this.take(batch, (refusal) => refusals.push(refusal), workflow)
    if (refusals[0] !== undefined) throw refusals[0]
  }

  /** Removes the series of which retention has left nothing. @returns how many */
  removeEmptySeries(): number {
    const removed = this.#options.arrivals.removeEmptySeries()
    if (removed.length === 0) return 0
    this.#senders.giveBack(removed)
    this.#frames.forgetSeries(new Set(removed))
    this.#removalCount++
    return removed.length
  }

  /** Notes that a connection is closed, and that nothing more comes from it. @returns when, in the order of arrival */
  disconnect(producer: ProducerId): Micros {
    this.#scheduleTurnEnd()
    return this.#options.arrivals.close(producer)
  }

  /** Requests an acknowledgement of everything a sender has sent so far. */
  acknowledgeTo(sender: Acknowledged): void {
    this.#toAcknowledge.add(sender)
    this.#scheduleTurnEnd()
  }

  /** Forgets a sender that is gone. */
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

  /** Resolves when there is room for more; usually immediately. */
  async room(): Promise<void> {
    if (this.isFull) await new Promise<void>((resume) => this.pause({ pause: () => {}, resume }))
  }

  /** Makes what the store has durable at the end of this event turn, also when no sample was taken. */
  commitSoon(): void {
    this.#isCommitWanted = true
    this.#scheduleTurnEnd()
  }

  /** Resolves when everything taken so far is durable. @throws {SlungError} `store-failed` */
  durable(): Promise<void> {
    const waiter = Promise.withResolvers<void>()
    this.#durableWaiters.push(waiter)
    this.#scheduleTurnEnd()
    return waiter.promise
  }

  /** Ends the retries; the store saves what is not durable yet when it closes. */
  close(): void {
    this.#isClosed = true
    this.#retry?.cancel()
    this.#turnEnd?.cancel()
  }

  #createBatch(sender: () => string): SampleBatchBuilder {
    const { arrivals, store } = this.#options
    const removalCount = (): number => this.#removalCount
    return new SampleBatchBuilder({
      intern: (series) => store.find(series) ?? this.#senders.add(sender(), series, () => arrivals.intern(series)),
      latestFor: (timestamp) => this.#latestFor(timestamp),
      get removalCount() {
        return removalCount()
      },
    })
  }

  readonly #noteRefusal = (refusal: SlungError, eventIndex: number): void => {
    this.#refusals.push({ refusal, eventIndex })
  }

  #latestFor(timestamp: Micros): Micros {
    const { clock, limits } = this.#options
    const latest = clock.now() + limits.futureMicros
    if (timestamp <= latest) return latest
    throw new SlungError(
      'future-timestamp',
      `timestamp ${timestamp} (${formatTimestamp(timestamp)}) is further in the future than allowed; ` +
        'timestamps are microseconds since the Unix epoch',
    )
  }

  #scheduleTurnEnd(): void {
    // A commit that was running when the intake was closed ends later: the store commits what is left.
    if (this.#isClosed) return
    const { timers, offer, arrivals, observers } = this.#options
    this.#turnEnd ??= timers.atTurnEnd(() => {
      this.#turnEnd = undefined
      offer()
      arrivals.endTurn()
      observers.tell('turnEnded')
      void this.#commit()
    })
  }

  /** Commits until nothing is left, one commit at a time: what arrives meanwhile forms the next group. */
  async #commit(): Promise<void> {
    if (this.#isCommitting || this.#retry !== undefined) return
    this.#isCommitting = true
    this.#isCommitWanted = false
    const senders = [...this.#toAcknowledge].map((sender) => ({ sender, count: sender.takenCount }))
    this.#toAcknowledge.clear()
    const waiters = this.#durableWaiters
    this.#durableWaiters = []
    const { store, clock, observers } = this.#options
    const sampleCount = store.counts().uncommitted
    const startedAt = clock.elapsedMillis()
    try {
      await store.commit()
      observers.tell('committed', sampleCount, clock.elapsedMillis() - startedAt)
      this.#setFailure(null)
      for (const { sender, count } of senders) sender.acknowledge(count)
      for (const waiter of waiters) waiter.resolve()
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      this.#setFailure(error)
      for (const { sender } of senders) this.#toAcknowledge.add(sender)
      for (const waiter of waiters) waiter.reject(error)
      this.#scheduleRetry()
    } finally {
      this.#isCommitting = false
    }
    this.#resumeIfRoom()
    const { uncommitted } = store.counts()
    const isWaitedFor = this.#toAcknowledge.size > 0 || this.#durableWaiters.length > 0
    if (uncommitted > 0 || isWaitedFor || this.#isCommitWanted) this.#scheduleTurnEnd()
  }

  #scheduleRetry(): void {
    if (this.#isClosed) return
    this.#retry = this.#options.timers.after(retryMillis, () => {
      this.#retry = undefined
      void this.#commit()
    })
  }

  #setFailure(failure: SlungError | null): void {
    if (failure?.message === this.#failure?.message) return
    this.#failure = failure
    this.#options.observers.tell('storeFailing', failure)
  }

  #resumeIfRoom(): void {
    const { store, limits } = this.#options
    if (this.#paused.size === 0) return
    // Not at the bound itself: senders would be stopped and started at every commit.
    const isTooFull = this.#isShortOfMemory ? this.isFull : store.counts().uncommitted > limits.backlogSamplesMax / 2
    if (isTooFull) return
    const senders = [...this.#paused]
    this.#paused.clear()
    for (const sender of senders) sender.resume()
  }
}
