/**
 * One run of a workflow, on the engine's thread: it does what the guest asks for, as of the position up to which
 * samples are revealed to the guest, and hands it what has arrived since. A poll that finds nothing stays unanswered
 * until a sample arrives that concerns the guest, or a tick is over.
 */
import { ArrivalReader, type Skip } from '../../engine/arrival/arrival-reader.ts'
import type { Arrivals } from '../../engine/arrival/arrivals.ts'
import { closing, type Writer } from '../../engine/arrival/kept-arrivals.ts'
import { nothingArrived, type Arrived } from '../../engine/arrival/arrived.ts'
import { HistoryAsOf, readAsOf } from '../../engine/arrival/as-of.ts'
import type { Position } from '../../engine/arrival/changes-as-of.ts'
import { evaluateHistory, historyInSteps } from '../../engine/evaluate-history.ts'
import type { HandleStatus, SkippedSamples } from '../../engine/live/handle-table.ts'
import { planLiveRange } from '../../engine/live/live-range.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Slice, Steps } from '../../engine/model/steps.ts'
import { createSeries, type Series } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Query } from '../../engine/query/query.ts'
import { windowSamplesMaxDefault, windowsOverflow, windowTooLarge } from '../../engine/live/window-limit.ts'
import { seedInSteps } from '../../engine/read-seed.ts'
import type { StateChange, StateValues } from '../../engine/model/state-values.ts'
import type { HistorySource } from '../../engine/store/history-source.ts'
import { allTime } from '../../engine/store/stepwise-reading.ts'
import { EndOfRun, LimitExceeded } from '../../guest/contract/guest-host.ts'
import { refusing, refusingLater } from '../../guest/contract/refusing.ts'
import { Mark } from '../observe/mark.ts'
import type { Asker } from '../system/fair-turns.ts'
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
  /** Answers questions about the past: the store of the arrivals, or a database elsewhere. */
  readonly history: HistorySource
  /** Takes a sample that the workflow writes. @throws {SlungError} why it is refused */
  readonly write: (series: Series, timestamp: Micros, value: number) => void
  readonly windows: WindowLedger
  /** What the workflow remembers. Not a copy. */
  readonly state: () => StateValues
  /** Notes what it remembers differently: durable all together, and not without the samples that it has seen. */
  readonly changeState: (changes: readonly StateChange[]) => void
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
  /** Works for this run; closed with it. */
  readonly asker: Asker
  /** Called once, when the workflow is so far behind that the promises about what it sees do not hold. */
  readonly onBehind: (missedCount: number) => void
  /** Called when it is refused a window that it would get in a replay, or ended because of its windows. */
  readonly onLimited: () => void
}

interface Parked {
  /** The time of the guest's position, and when its next tick is over. */
  readonly now: Micros
  readonly nextTick: Micros
  readonly answer: (delivery: Delivery | Promise<Delivery>) => void
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

  /** When the oldest sample arrived that concerns the guest and that it has not polled; `null` when there is none. */
  get waitingSince(): Micros | null {
    const { kept } = this.#world.arrivals
    const next = this.#reader.next()
    // Of what is not kept any more, only the order is known.
    const left =
      next === undefined ? Number.POSITIVE_INFINITY : kept.ats[kept.indexOf(Math.max(next, kept.before + 1))]!
    const since = Math.min(left, this.progress.waitingSince)
    return Number.isFinite(since) ? since : null
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
        return this.#subscribe(request)
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
    // Only the end of the run can keep it from that.
    this.#world.asker.ask((slice) => this.#reader.free(handle, slice)).catch(() => {})
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
    this.#world.asker.close(new EndOfRun('closed'))
    this.#reader.close()
    this.#world.windows.remove(this)
  }

  #endWith(end: EndOfRun | LimitExceeded): void {
    this.#end = end
    this.#world.asker.close(end)
    const parked = this.#parked
    if (parked === undefined) return
    this.#leave(parked)
    parked.refuse(end)
  }

  async #subscribe({ handle, query, where, equal }: Extract<WorkflowRequest, { kind: 'live' }>): Promise<Subscribed> {
    const position = this.#reach(where)
    if (equal !== null) {
      this.#reader.join(handle, equal)
      this.#queries.set(handle, query.text)
      return { seed: null, passed: nothingArrived, series: [] }
    }
    const { arrivals, asker, windows } = this.#world
    const range = refusing(() => planLiveRange(query.range, where.now))
    const span = range.kind === 'fixed' ? range.span : allTime
    const reader = this.#reader
    const admit = (count: number): void => this.#admit(query, count)
    const answer = await refusingLater(
      asker.ask(function* (slice) {
        // First: from here on, the reader sets aside what concerns the query.
        const ids = yield* reader.subscribe(handle, query, span, slice)
        try {
          const seed = yield* seedInSteps(readAsOf(arrivals, position, slice), query, where.now, admit)
          return { seed, passed: yield* reader.passed(ids, slice) }
        } catch (error) {
          yield* reader.free(handle, slice)
          throw error
        }
      }),
    )
    this.#checkExact()
    windows.enforce()
    this.#queries.set(handle, query.text)
    return { ...answer, series: this.#announce(answer.passed) }
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

  async #askHistory(query: Query, where: Whereabouts): Promise<number> {
    const { arrivals, history, asker } = this.#world
    const position = this.#reach(where)
    // A database elsewhere does not use this thread.
    const answer =
      history === arrivals.store
        ? asker.ask((slice) => historyInSteps(readAsOf(arrivals, position, slice), query, where.now))
        : evaluateLater(new HistoryAsOf(arrivals, position, history), query, where.now)
    const value = await refusingLater(answer)
    this.#checkExact()
    return value
  }

  /** Notes where the guest is. */
  #reach({ arrival, tickedAt }: Whereabouts): Position {
    const { arrivals, writer } = this.#world
    const reached = Math.max(this.#reader.position, arrival, arrivals.positionAt(tickedAt))
    this.#reader.moveTo(reached)
    this.#checkExact()
    return { arrival: reached, writer }
  }

  /** Notes whether what the guest asks for is still known as of its position. */
  #checkExact(): void {
    if (!this.#reader.isExact) this.#fallBehind(0)
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
    parked.answer(this.#deliver(parked.nextTick))
  }

  #leave(parked: Parked): void {
    parked.timer.cancel()
    this.#parked = undefined
  }

  /** What the guest gets next: samples; or none, and a tick is over. */
  #deliver(nextTick: Micros): Delivery | Promise<Delivery> {
    const { arrivals } = this.#world
    const skip = this.#reader.takeSkip()
    if (skip !== undefined) return this.#deliverSkip(skip)
    const next = this.#reader.next()
    const isTick = next === undefined
    if (isTick) arrivals.passTime(nextTick)
    // When it asks for something again, it will have seen what arrived before the next sample or tick.
    const seen = Math.min((next ?? Number.POSITIVE_INFINITY) - 1, arrivals.positionAt(nextTick))
    this.#reader.moveTo(Math.max(seen, arrivals.before))
    const arrived = this.#reader.take(batchSamplesMax)
    const forgotten = this.#reader.takeForgotten().filter((id) => this.#announced.delete(id))
    return { arrived, skip: null, isTick, forgotten, series: this.#announce(arrived) }
  }

  /** What the guest misses; its next poll gets what comes after that. */
  async #deliverSkip(skip: Skip): Promise<Delivery> {
    const { asker } = this.#world
    this.#fallBehind(skip.live.reduce((sum, { handles, eventCount }) => sum + handles.length * eventCount, 0))
    this.#reader.moveTo(skip.position)
    const skipped = await asker.ask((slice) => this.#skipInSteps(skip, slice))
    return { arrived: nothingArrived, skip: skipped, isTick: false, forgotten: [], series: [] }
  }

  /** @throws {LimitExceeded} when the windows hold too much from now on */
  *#skipInSteps({ position, at, live }: Skip, slice: Slice): Steps<Skipped> {
    const { arrivals, writer, windows } = this.#world
    const reading = readAsOf(arrivals, { arrival: position, writer }, slice)
    const skipped: SkippedSamples[] = []
    let held = 0
    for (const { handles, query, eventCount, missed } of live) {
      const admit = (count: number): void => {
        held += count
        if (held <= windows.samplesMax) return
        throw new LimitExceeded(windowsOverflow(held, windows.samplesMax, query, count).message)
      }
      const isRolling = planLiveRange(query.range, at).kind === 'rolling'
      const seed = isRolling ? yield* seedInSteps(reading, query, at, admit) : null
      const states = new Map([...missed].map(([group, summary]) => [group, summary.state()]))
      skipped.push({ handles, eventCount, seed, missed: states })
    }
    return { position, at, live: skipped }
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

async function evaluateLater(source: HistoryAsOf, query: Query, now: Micros): Promise<number> {
  return await evaluateHistory(source, query, now)
}

function clamp(millis: number, millisMax: number): number {
  return Math.min(Math.max(millis, 0), millisMax)
}
