/**
 * The world of a workflow in staging, on the guest's own thread. The engine lives on another thread and is asked for
 * everything that it owns; waiting for its answer parks the guest and costs no processor time. HTTP is sent from here.
 */
import type { LiveEvent, ProducerId } from '../../engine/model/live-event.ts'
import type { LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
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
import type { EventBatch } from './event-batch.ts'
import { EventInbox } from './event-inbox.ts'
import { LogLimit } from '../system/log-limit.ts'
import type { Clock } from '../system/clock.ts'
import { SystemClock } from '../system/system-clock.ts'
import { SystemTimers } from '../system/system-timers.ts'
import type { RunHostOptions, RunReport, WorkflowNotice, WorkflowRequest } from './workflow-messages.ts'

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
/** Consecutive polls that may find nothing while another handle holds an Event that the guest has not polled. */
const idlePollsMin = 64

export class RunHost implements GuestHost {
  readonly waits = true
  readonly environment: Readonly<Record<string, string>>
  readonly #port: HostPort
  readonly #world: RunHostWorld
  readonly #inbox = new EventInbox()
  readonly #logLimit: LogLimit
  readonly #stopFlag: Int32Array<SharedArrayBuffer>
  readonly #momentFlag: Int32Array<SharedArrayBuffer>
  #idlePolls = 0
  /** When the latest poll was answered. Kept up to date only while moments are kept. */
  #polledAt: Micros

  constructor({ environment, stopFlag, momentFlag }: RunHostOptions, port: HostPort, world: RunHostWorld) {
    this.environment = environment
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

  async queryLive(query: string): Promise<number> {
    const handle = (await this.#ask({ kind: 'live', query })) as number
    this.#inbox.open(handle)
    return handle
  }

  async queryHistory(query: string): Promise<number> {
    return (await this.#ask({ kind: 'history', query })) as number
  }

  pollHandle(handle: number): LiveEvent | undefined | Promise<LiveEvent | undefined> {
    if (Atomics.load(this.#stopFlag, 0) !== 0) throw stopped
    const inbox = this.#inbox
    const hadMore = inbox.hasMore
    const event = inbox.poll(handle)
    if (event !== undefined || hadMore) {
      this.#idlePolls = 0
      this.#notePoll()
      return event
    }
    // The guest may be waiting for an Event of another handle, which it polls next. If it never does, it waits here.
    if (inbox.isHolding && this.#idlePolls++ < Math.max(idlePollsMin, 2 * inbox.handleCount)) return undefined
    return this.#waitForEvents(handle)
  }

  freeHandle(handle: number): boolean {
    if (!this.#inbox.free(handle)) return false
    this.#tell({ kind: 'free', handle })
    return true
  }

  async writeEvent(timestamp: string, value: string, tags: string): Promise<void> {
    const { series, ...sample } = parseWrittenEvent(timestamp, value, tags)
    await this.#ask({ kind: 'write', series: series.name, tags: series.tags, ...sample, moment: this.#moment() })
  }

  async writebackWs(producer: ProducerId, text: string): Promise<void> {
    await this.#ask({ kind: 'ws', producer, text, moment: this.#moment() })
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
      this.#tell({
        kind: 'http',
        method: request.method,
        url: redactUrl(request.url),
        status: response?.status ?? 0,
        durationMillis: clock.elapsedMillis() - startedAt,
        exchange: moment && exchangeOf(moment, request, response, timeoutMillis),
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
    return { unpolledCount: this.#inbox.unpolledCount, arrival: this.#inbox.arrival }
  }

  async #waitForEvents(handle: number): Promise<LiveEvent | undefined> {
    const batch = (await this.#ask({ kind: 'poll', holding: this.#inbox.holding })) as EventBatch
    this.#idlePolls = 0
    this.#inbox.fill(batch)
    this.#notePoll()
    return this.#inbox.poll(handle)
  }

  #notePoll(): void {
    if (this.#keepsMoments) this.#polledAt = this.#world.clock.now()
  }

  get #keepsMoments(): boolean {
    return Atomics.load(this.#momentFlag, 0) !== 0
  }

  #moment(): Moment | null {
    if (!this.#keepsMoments) return null
    return { arrival: this.#inbox.arrival, polledAt: this.#polledAt, madeAt: this.#world.clock.now() }
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

function exchangeOf(
  moment: Moment,
  { url, body }: GuestHttpRequest,
  response: GuestHttpResponse | null,
  timeoutMillis: number | null,
): HttpExchange {
  return { moment, url, body: cutBody(body), response: response && cutBody(response.body), timeoutMillis }
}
