/**
 * The world of a workflow in staging, on the guest's own thread, which keeps its live queries. Samples and the past come
 * from the engine's thread, which is asked for them; waiting for its answer parks the guest and costs no processor time.
 * HTTP is sent from here.
 */
import { HandleTable } from '../../engine/live/handle-table.ts'
import { SerialWorld } from '../../engine/live/serial-world.ts'
import { noProducer } from '../../engine/model/columns.ts'
import type { LiveEvent, ProducerId } from '../../engine/model/live-event.ts'
import type { LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import type { Query } from '../../engine/query/query.ts'
import { GuestState } from '../../guest/contract/guest-state.ts'
import { refusing } from '../../guest/contract/refusing.ts'
import {
  EndOfRun,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
} from '../../guest/contract/guest-host.ts'
import type { HostPort } from '../../guest/run/guest-thread.ts'
import { parseWrittenEvent } from '../../guest/contract/written-event.ts'
import { redactUrl } from '../writeback/redact-url.ts'
import { HttpSender, HttpTimeout } from '../writeback/http-sender.ts'
import { cutBody, stoppedOutcome, type HttpExchange, type Moment } from '../observe/observer.ts'
import { ArrivalInbox } from './arrival-inbox.ts'
import { RunProgress } from './run-progress.ts'
import { LogLimit } from '../system/log-limit.ts'
import type { Clock } from '../system/clock.ts'
import { SystemClock } from '../system/system-clock.ts'
import { SystemTimers } from '../system/system-timers.ts'
import { lowerThreadPriority } from '../system/thread-priority.ts'
import type {
  Delivery,
  RunHostOptions,
  RunReport,
  Skipped,
  Subscribed,
  Whereabouts,
  WorkflowNotice,
  WorkflowRequest,
  Written,
} from './workflow-messages.ts'

/** What a host needs of the thread it is on. */
export interface RunHostWorld {
  readonly clock: Clock
  /** @throws {HostRefusal} without an answer; the reason of `signal`, once it is aborted */
  readonly sendHttp: (request: GuestHttpRequest, signal: AbortSignal) => Promise<GuestHttpResponse>
  /** Aborted, with an `EndOfRun`, when the guest has to end although it is waiting for an answer. */
  readonly stopped: AbortSignal
}

/** Called on the guest's thread, once per run. */
export function createGuestHost(options: unknown, port: HostPort): GuestHost & { finish(): RunReport } {
  // A guest that computes must not take the engine's core.
  lowerThreadPriority()
  const { http, stopFlag } = options as RunHostOptions
  const sender = new HttpSender(http, new SystemTimers())
  return new RunHost(options as RunHostOptions, port, {
    clock: new SystemClock(),
    sendHttp: (request, signal) => sender.send(request, signal),
    stopped: whenStopped(stopFlag),
  })
}

function whenStopped(stopFlag: Int32Array<SharedArrayBuffer>): AbortSignal {
  const controller = new AbortController()
  const { async: isPending, value } = Atomics.waitAsync(stopFlag, 0, 0)
  if (isPending) void value.then(() => controller.abort(stopped))
  return controller.signal
}

const stopped = new EndOfRun(stoppedOutcome)
/** Shorter waits, unless they are longer than a tick, change only the clock, by less than its distance from the real one. */
const toldMillisMin = 1000
/** How far behind the clock a workflow may be before ticks are left out. */
const behindMicrosMax = 60_000_000
const behindTicksMax = 64

export class RunHost implements GuestHost {
  readonly waits = true
  readonly environment: Readonly<Record<string, string>>
  readonly state: GuestState
  readonly #port: HostPort
  readonly #world: RunHostWorld
  readonly #inbox: ArrivalInbox
  readonly #handles: HandleTable
  readonly #serial: SerialWorld
  readonly #progress: RunProgress
  readonly #tickMicros: number
  readonly #logLimit: LogLimit
  readonly #stopFlag: Int32Array<SharedArrayBuffer>
  readonly #momentFlag: Int32Array<SharedArrayBuffer>
  /** Whether ticks were left out. */
  #isLate = false
  /** The clock when the latest sample was about to be revealed. */
  #lookedAt: Micros = 0
  /** When the latest poll was answered. Kept up to date only while moments are kept. */
  #polledAt: Micros

  constructor(options: RunHostOptions, port: HostPort, world: RunHostWorld) {
    const { environment, start, tickMicros, windowSamplesMax, stopFlag, momentFlag, progress } = options
    this.environment = environment
    this.state = new GuestState(options.state)
    this.#inbox = new ArrivalInbox(start.position)
    this.#handles = new HandleTable(this.#inbox.seriesOf, { windowSamplesMax })
    this.#inbox.handles = this.#handles
    this.#serial = new SerialWorld(this.#handles, this.#inbox, start.at, tickMicros)
    this.#progress = new RunProgress(progress)
    this.#tickMicros = tickMicros
    this.#stopFlag = stopFlag
    this.#momentFlag = momentFlag
    this.#port = port
    this.#world = world
    this.#logLimit = new LogLimit(world.clock)
    this.#polledAt = world.clock.now()
  }

  now(): Micros {
    return this.#world.clock.now()
  }

  fillRandom(target: Uint8Array<ArrayBuffer>): void {
    // One call fills 64 KiB at most.
    for (let at = 0; at < target.length; at += 65_536) crypto.getRandomValues(target.subarray(at, at + 65_536))
  }

  async queryLive(text: string): Promise<number> {
    const query = this.#parse(text)
    const equal = refusing(() => {
      this.#handles.assertRoom(query)
      return this.#handles.equalTo(query)
    })
    const where = this.#where()
    const request = { kind: 'live', handle: this.#handles.next, query, where, equal: equal ?? null } as const
    const { series, seed, passed } = (await this.#ask(request)) as Subscribed
    this.#inbox.announce(series)
    this.#inbox.add(passed)
    // Without an equal window there is a seed.
    const handle = this.#handles.add(query, equal ?? seed!)
    this.#progress.windowSamples = this.#handles.windowSampleCount
    return handle
  }

  async queryHistory(text: string): Promise<number> {
    return (await this.#ask({ kind: 'history', query: this.#parse(text), where: this.#where() })) as number
  }

  pollHandle(handle: number): LiveEvent | undefined | Promise<LiveEvent | undefined> {
    this.#saveState()
    if (Atomics.load(this.#stopFlag, 0) !== 0) throw stopped
    const event = this.#serial.take(handle)
    if (event !== undefined) return this.#answered(event)
    if (!this.#serial.mayReveal()) return undefined
    if (this.#inbox.nextAt !== undefined) this.#catchUp(this.#inbox.nextAt)
    if (this.#serial.step() === 'dry') return this.#waitForSamples(handle)
    return this.#answered(this.#serial.take(handle))
  }

  freeHandle(handle: number): boolean {
    if (!this.#handles.free(handle)) return false
    this.#progress.windowSamples = this.#handles.windowSampleCount
    this.#tell({ kind: 'free', handle })
    return true
  }

  async writeEvent(timestamp: string, value: string, tags: string): Promise<void> {
    const { series, ...sample } = parseWrittenEvent(timestamp, value, tags)
    const request = {
      kind: 'write',
      series: series.name,
      tags: series.tags,
      ...sample,
      moment: this.#moment(),
    } as const
    const written = (await this.#ask(request)) as Written
    this.#inbox.announce(written.series)
    this.#handles.offer(written.id, sample.timestamp, sample.value, noProducer, this.#serial.now)
  }

  async writebackWs(producer: ProducerId, text: string): Promise<void> {
    await this.#ask({ kind: 'ws', producer, text, now: this.#serial.now, moment: this.#moment() })
  }

  async writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse> {
    if (Atomics.load(this.#stopFlag, 0) !== 0) throw stopped
    const { clock, sendHttp, stopped: signal } = this.#world
    const startedAt = clock.elapsedMillis()
    const moment = this.#moment()
    let response: GuestHttpResponse | null = null
    let timeoutMillis: number | null = null
    try {
      response = await sendHttp(request, signal)
      return response
    } catch (error) {
      if (error instanceof HttpTimeout) timeoutMillis = error.millis
      throw error
    } finally {
      const durationMillis = clock.elapsedMillis() - startedAt
      const waitMicros = this.#toldWait(response !== null, timeoutMillis, durationMillis)
      this.#serial.moveTo(this.#serial.now + waitMicros)
      this.#tell({
        kind: 'http',
        method: request.method,
        url: redactUrl(request.url),
        status: response?.status ?? 0,
        durationMillis,
        exchange: moment && exchangeOf(moment, request, { response, timeoutMillis, waitMicros }),
      })
    }
  }

  log(stream: LogStream, text: string): void {
    if (!this.#logLimit.admit()) return
    this.#tellDroppedLines()
    this.#tell({ kind: 'log', stream, text })
  }

  /** Called after the run, however it ended. */
  finish(): RunReport {
    this.#tellDroppedLines()
    this.#noteProgress()
    const unpolledCount = this.#handles.waitingCount + this.#inbox.count
    const stateChanges = this.state.takeChanges()
    return { unpolledCount, arrival: this.#inbox.position, lags: this.#serial.lags, stateChanges }
  }

  /** The guest is done with what it polled before. */
  #saveState(): void {
    const changes = this.state.takeChanges()
    if (changes.length > 0) this.#tell({ kind: 'state', changes })
  }

  #parse(text: string): Query {
    const query = refusing(() => parseQuery(text))
    for (const warning of query.warnings) this.log('host', `warning: ${warning}`)
    return query
  }

  #where(): Whereabouts {
    return { arrival: this.#inbox.position, tickedAt: this.#serial.tickedAt, now: this.#serial.now }
  }

  /** Nothing on this thread is left to reveal. */
  async #waitForSamples(handle: number): Promise<LiveEvent | undefined> {
    for (;;) {
      this.#noteProgress()
      const request = { kind: 'poll', where: this.#where(), nextTick: this.#serial.nextTick } as const
      const { series, forgotten, arrived, skip, isTick } = (await this.#ask(request)) as Delivery
      this.#inbox.forgetSeries(forgotten)
      this.#inbox.announce(series)
      if (skip !== null) this.#skip(skip)
      this.#inbox.add(arrived)
      if (isTick) {
        this.#serial.tick()
        this.#catchUp(Number.POSITIVE_INFINITY)
        return this.#answered(undefined)
      }
      this.#lookedAt = this.#world.clock.now()
      if (this.#serial.step() !== 'dry') return this.#answered(this.#serial.take(handle))
    }
  }

  #skip({ position, at, live }: Skipped): void {
    this.#handles.skip(live)
    this.#inbox.skipTo(position)
    this.#serial.moveTo(at)
  }

  #answered(event: LiveEvent | undefined): LiveEvent | undefined {
    if (event !== undefined) this.#noteDelivery()
    this.#notePoll()
    return event
  }

  /** How far an HTTP request moves the position in time: as far as the spec of a recording can tell. */
  #toldWait(hasResponse: boolean, timeoutMillis: number | null, durationMillis: number): Micros {
    if (timeoutMillis !== null) return timeoutMillis * 1000
    const leastMillis = Math.min(toldMillisMin, this.#tickMicros / 1000)
    return !hasResponse || durationMillis < leastMillis ? 0 : Math.round(durationMillis) * 1000
  }

  /**
   * After a time in which the machine was asleep, or too busy, the position does not move tick by tick.
   *
   * @param next - when the next sample arrived; +Infinity when none has
   */
  #catchUp(next: Micros): void {
    const now = this.#world.clock.now()
    this.#lookedAt = now
    if (now - this.#serial.now <= Math.max(behindMicrosMax, behindTicksMax * this.#tickMicros)) return
    if (Math.min(now, next) <= this.#serial.nextTick) return
    this.#serial.moveTo(Math.min(now, next))
    if (!this.#isLate) this.#tell({ kind: 'late' })
    this.#isLate = true
  }

  #noteProgress(): void {
    this.#progress.note(this.#handles, this.#inbox.count)
    this.#progress.aheadSince = this.#inbox.nextAt ?? Number.POSITIVE_INFINITY
  }

  #noteDelivery(): void {
    const progress = this.#progress
    progress.delivered = this.#handles.deliveredCount
    progress.aheadSince = this.#inbox.nextAt ?? Number.POSITIVE_INFINITY
    progress.pollLatency.observe(Math.max(0, this.#lookedAt - this.#inbox.revealedAt) / 1_000_000)
  }

  #notePoll(): void {
    if (this.#keepsMoments) this.#polledAt = this.#world.clock.now()
  }

  get #keepsMoments(): boolean {
    return Atomics.load(this.#momentFlag, 0) !== 0
  }

  #moment(): Moment | null {
    if (!this.#keepsMoments) return null
    return { arrival: this.#inbox.position, polledAt: this.#polledAt, madeAt: this.#world.clock.now() }
  }

  #tellDroppedLines(): void {
    const count = this.#logLimit.takeDropped()
    if (count > 0) this.#tell({ kind: 'log', stream: 'host', text: `${count} lines were dropped: it prints too much` })
  }

  #ask(request: WorkflowRequest): Promise<unknown> {
    return this.#port.request(request)
  }

  #tell(notice: WorkflowNotice): void {
    this.#port.post(notice)
  }
}

interface Waited {
  readonly response: GuestHttpResponse | null
  readonly timeoutMillis: number | null
  readonly waitMicros: Micros
}

function exchangeOf(moment: Moment, { url, body }: GuestHttpRequest, { response, ...waited }: Waited): HttpExchange {
  return { moment, url, body: cutBody(body), response: response && cutBody(response.body), ...waited }
}
