/**
 * One run of a workflow, on the engine's thread: it does what the guest asks for, as of the position up to which
 * samples are revealed to the guest, and hands it what has arrived since. A poll that finds nothing stays unanswered
 * until a sample arrives that concerns the guest, or a tick is over.
 */
import { ArrivalReader, type Skip } from '../../engine/arrival/arrival-reader.ts'
import { closing, type Arrivals, type Writer } from '../../engine/arrival/arrivals.ts'
import { nothingArrived, type Arrived } from '../../engine/arrival/arrived.ts'
import { HeadAsOf, HistoryAsOf, type Position } from '../../engine/arrival/as-of.ts'
import { evaluateHistory } from '../../engine/evaluate-history.ts'
import type { HandleStatus } from '../../engine/live/handle-table.ts'
import type { Eventually } from '../../engine/model/eventually.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import { createSeries, type Series } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Query } from '../../engine/query/query.ts'
import { planLiveRange } from '../../engine/live/live-range.ts'
import { windowSamplesMaxDefault, windowsOverflow, windowTooLarge } from '../../engine/live/window-limit.ts'
import { readSeed } from '../../engine/read-seed.ts'
import type { HistorySource } from '../../engine/store/history-source.ts'
import { EndOfRun, LimitExceeded } from '../../guest/contract/guest-host.ts'
import { refusing, refusingLater } from '../../guest/contract/refusing.ts'
import { Mark } from '../observe/mark.ts'
import type { Clock, Timer, Timers } from '../system/clock.ts'
import { RunProgress } from './run-progress.ts'
import type {
  AnnouncedSeries,
  Delivery,
  RunHostOptions,
  Skipped,
  Subscribed,
  Whereabouts,
  WorkflowRequest,
  Written,
} from './workflow-messages.ts'
import type { WindowHolder, WindowLedger } from './window-ledger.ts'

/** Most samples sent to the guest's thread together; it asks again when they are revealed. */
const batchSamplesMax = 1024

/** What a run needs of the runtime. */
export interface WorkflowWorld {
  readonly arrivals: Arrivals
  /** The workflow, where it writes samples. */
  readonly writer: Writer
  /** Answers questions about the past. */
  readonly history: HistorySource
  /** Takes a sample that the workflow writes. @throws {SlungError} why it is refused */
  readonly write: (series: Series, timestamp: Micros, value: number) => void
  readonly windows: WindowLedger
  /** Resolves when there is room for a sample that it writes. */
  readonly room: () => Promise<void>
  /**
   * Sends a text to a producer.
   *
   * @param now - the time of the workflow's position: a connection that was open then counts as open
   * @throws {HostRefusal} for an unknown or closed connection
   */
  readonly sendText: (producer: ProducerId, text: string, now: Micros) => void
}

export interface SessionWorld extends WorkflowWorld {
  readonly tickMillis: number
  readonly clock: Pick<Clock, 'now'>
  readonly timers: Pick<Timers, 'after'>
  /** Called once, when the workflow is so far behind that the promises about what it sees do not hold. */
  readonly onBehind: (missedCount: number) => void
  /** Called when it is refused a window that it would get in a replay, or ended because of its windows. */
  readonly onLimited: () => void
}

interface Parked {
  /** The time of the guest's position, and when its next tick is over. */
  readonly now: Micros
  readonly nextTick: Micros
  readonly answer: (delivery: Delivery) => void
  readonly refuse: (error: Error) => void
  readonly timer: Timer
}

export class WorkflowSession implements WindowHolder {
  readonly start: RunHostOptions['start']
  readonly progress: RunProgress = new RunProgress()
  readonly #world: SessionWorld
  readonly #reader: ArrivalReader
  readonly #queries = new Map<number, string>()
  readonly #announced = new Set<number>()
  #parked: Parked | undefined
  #end: EndOfRun | LimitExceeded | undefined
  #isBehind = false
  /** The marks that the guest has not reached yet. */
  #marks: Mark[] = []

  constructor(world: SessionWorld) {
    const { arrivals, writer } = world
    this.#world = world
    this.#reader = new ArrivalReader(arrivals, writer)
    this.start = { position: arrivals.newest, at: arrivals.mark() }
    world.windows.add(this)
  }

  get handles(): HandleStatus[] {
    return this.progress.handles.map(({ handle, ...counts }) => ({
      handle,
      query: this.#queries.get(handle) ?? '',
      ...counts,
    }))
  }

  /** Samples that have arrived for the guest and are not on its thread. */
  get leftCount(): number {
    return this.#reader.countLeft()
  }

  /** Whether the guest is waiting for samples and has none. */
  get isIdle(): boolean {
    return this.#parked !== undefined
  }

  get windowSamples(): number {
    return this.progress.windowSamples
  }

  get isEnding(): boolean {
    return this.#end !== undefined
  }

  /** Does what the guest asks. @throws {HostRefusal | EndOfRun | LimitExceeded} */
  async answer(request: WorkflowRequest): Promise<unknown> {
    if (this.#end !== undefined) throw this.#end
    switch (request.kind) {
      case 'live':
        return refusing(() => this.#subscribe(request))
      case 'history':
        return this.#askHistory(request.query, request.where)
      case 'poll':
        return this.#poll(request.where, request.nextTick)
      case 'write':
        return this.#write(request)
      case 'ws':
        return this.#world.sendText(request.producer, request.text, request.now)
    }
  }

  /** The guest has freed a handle. */
  free(handle: number): void {
    this.#queries.delete(handle)
    this.#reader.free(handle)
  }

  /** To be called at the end of a turn in which samples may have arrived: wakes the guest if it is waiting for them. */
  offer(): void {
    const parked = this.#parked
    if (parked === undefined) return
    const isOver = this.#world.arrivals.newestAt > parked.nextTick
    if (this.#reader.next() !== undefined || isOver) this.#unpark(parked)
  }

  /** Marks this place in the input: the guest passes it when it asks for later samples. */
  mark(): Mark {
    const { arrivals } = this.#world
    const mark = new Mark(arrivals.newest, arrivals.mark())
    const parked = this.#parked
    this.#marks.push(mark)
    if (parked !== undefined) this.#passMarks(this.#reader.next(), parked)
    return mark
  }

  /** Ends the run at the guest's next host call, or immediately when it is waiting. */
  stop(outcome: string): void {
    this.#endWith(new EndOfRun(outcome))
  }

  endOverLimit(reason: string): void {
    this.#world.onLimited()
    this.#endWith(new LimitExceeded(reason))
  }

  /** Frees everything, once the guest has ended. */
  close(): void {
    if (this.#parked !== undefined) this.#leave(this.#parked)
    this.#reader.close()
    this.#world.windows.remove(this)
  }

  #endWith(end: EndOfRun | LimitExceeded): void {
    this.#end = end
    const parked = this.#parked
    if (parked === undefined) return
    this.#leave(parked)
    parked.refuse(end)
  }

  #subscribe({ handle, query, where, equal }: Extract<WorkflowRequest, { kind: 'live' }>): Subscribed {
    const position = this.#reach(where)
    this.#queries.set(handle, query.text)
    if (equal !== null) {
      this.#reader.join(handle, equal)
      return { seed: null, passed: nothingArrived, series: [] }
    }
    const { arrivals, windows } = this.#world
    const asOf = new HeadAsOf(arrivals, position, arrivals.store)
    const seed = readSeed(asOf, query, where.now, (count) => this.#admit(query, count))
    windows.enforce()
    const passed = this.#reader.subscribe(handle, query, planLiveRange(query.range, where.now))
    return { seed, passed, series: this.#announce(passed) }
  }

  /** @throws {SlungError} `too-many-window-samples` when a window of `count` samples is too large */
  #admit(query: Query, count: number): void {
    const { windows, onLimited } = this.#world
    const tooLarge = windowTooLarge(query, count, windows.samplesMax - this.windowSamples)
    const refusal = tooLarge ?? windows.refusal(this, query, count)
    if (refusal === undefined) {
      // Until its thread has them, and counts them itself.
      this.progress.windowSamples += count
      return
    }
    // A replay has the default limit, and no other workflows beside it.
    if (tooLarge === undefined || windows.samplesMax !== windowSamplesMaxDefault) onLimited()
    throw refusal
  }

  #askHistory(query: Query, where: Whereabouts): Eventually<number> {
    const { arrivals, history } = this.#world
    const source = new HistoryAsOf(arrivals, this.#reach(where), history)
    const answer = refusing(() => evaluateHistory(source, query, where.now))
    return answer instanceof Promise ? refusingLater(answer) : answer
  }

  /** Notes where the guest is. */
  #reach({ arrival, tickedAt }: Whereabouts): Position {
    const { arrivals, writer } = this.#world
    const reached = Math.max(this.#reader.position, arrival, arrivals.positionAt(tickedAt))
    this.#reader.moveTo(reached)
    if (!this.#reader.isExact) this.#fallBehind(0)
    return { arrival: reached, writer }
  }

  #poll(where: Whereabouts, nextTick: Micros): Delivery | Promise<Delivery> {
    this.#reach(where)
    const next = this.#reader.next()
    if (this.#marks.length > 0) this.#passMarks(next, { now: where.now, nextTick })
    const { arrivals, clock, timers, tickMillis, windows } = this.#world
    // What was revealed to the guest since its last poll may have made its windows grow.
    windows.enforce()
    if (this.#end !== undefined) throw this.#end
    if (next !== undefined || arrivals.newestAt > nextTick) return this.#deliver(nextTick)
    const { promise, resolve, reject } = Promise.withResolvers<Delivery>()
    const parked: Parked = {
      now: where.now,
      nextTick,
      answer: resolve,
      refuse: reject,
      // The clock may be set back meanwhile.
      timer: timers.after(clamp((nextTick - clock.now()) / 1000, tickMillis), () => this.#unpark(parked)),
    }
    this.#parked = parked
    // What concerns it wakes it, and the rest is revealed to it as it arrives.
    this.#reader.moveTo(Number.POSITIVE_INFINITY)
    return promise
  }

  /** @param next - position of the next sample that concerns the guest; `undefined` when there is none */
  #passMarks(next: number = Number.POSITIVE_INFINITY, { now, nextTick }: Pick<Parked, 'now' | 'nextTick'>): void {
    const reached = { at: now, isHolding: this.progress.handles.some(({ waiting }) => waiting > 0) }
    this.#marks = this.#marks.filter((mark) => !mark.passIf(next, nextTick, reached))
  }

  #unpark(parked: Parked): void {
    this.#leave(parked)
    try {
      parked.answer(this.#deliver(parked.nextTick))
    } catch (error) {
      // Nobody but the guest is concerned.
      parked.refuse(error as Error)
    }
  }

  #leave(parked: Parked): void {
    parked.timer.cancel()
    this.#parked = undefined
  }

  /** What the guest gets next: samples; or none, and a tick is over. */
  #deliver(nextTick: Micros): Delivery {
    const { arrivals } = this.#world
    const skip = this.#reader.takeSkip()
    const next = this.#reader.next()
    const isTick = skip === undefined && next === undefined
    if (isTick) arrivals.passTime(nextTick)
    // When it asks for something again, it will have seen what arrived before the next sample or tick.
    const seen = Math.min((next ?? Number.POSITIVE_INFINITY) - 1, arrivals.positionAt(nextTick))
    this.#reader.moveTo(Math.max(seen, arrivals.before))
    const arrived = this.#reader.take(batchSamplesMax)
    return {
      arrived,
      skip: skip === undefined ? null : this.#skipped(skip),
      isTick,
      forgotten: this.#reader.takeForgotten().filter((id) => this.#announced.delete(id)),
      series: this.#announce(arrived),
    }
  }

  #skipped({ position, at, live }: Skip): Skipped {
    const { arrivals, writer, windows } = this.#world
    const asOf = new HeadAsOf(arrivals, { arrival: position, writer }, arrivals.store)
    this.#fallBehind(live.reduce((sum, { handles, eventCount }) => sum + handles.length * eventCount, 0))
    let held = 0
    return {
      position,
      at,
      live: live.map(({ handles, query, eventCount, missed }) => {
        const seed = readSeed(asOf, query, at, (count) => {
          held += count
          if (held > windows.samplesMax) {
            throw new LimitExceeded(windowsOverflow(held, windows.samplesMax, query, count).message)
          }
        })
        return { handles, eventCount, seed: seed.kind === 'rolling' ? seed : null, missed: missed.state() }
      }),
    }
  }

  #fallBehind(missedCount: number): void {
    if (this.#isBehind && missedCount === 0) return
    this.#isBehind = true
    this.#world.onBehind(missedCount)
  }

  /** The series of a batch that the guest's thread does not know. */
  #announce({ count, series }: Pick<Arrived, 'count' | 'series'>): AnnouncedSeries[] {
    const announced: AnnouncedSeries[] = []
    for (let index = 0; index < count; index++) {
      const id = series[index]!
      if (id === closing || this.#announced.has(id)) continue
      this.#announced.add(id)
      announced.push({ id, ...this.#world.arrivals.store.series(id) })
    }
    return announced
  }

  async #write(request: Extract<WorkflowRequest, { kind: 'write' }>): Promise<Written> {
    const { arrivals, write, room } = this.#world
    await room()
    const series = createSeries(request.series, request.tags)
    refusing(() => write(series, request.timestamp, request.value))
    const id = arrivals.intern(series)
    return { id, series: this.#announce({ count: 1, series: Uint32Array.of(id) }) }
  }
}

function clamp(millis: number, millisMax: number): number {
  return Math.min(Math.max(millis, 0), millisMax)
}
