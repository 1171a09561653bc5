/** Wraps the host of a replay, on the guest's thread, and posts every call in batches. */
import {
  HostRefusal,
  type FinishedGuest,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
  type HostPort,
  type LiveEvent,
  type LogStream,
  type Micros,
  type ProducerId,
} from '@slung/runtime'
import type { ReplayHost } from './replay-host.ts'
import type { HostMessage, ReplayReport } from './replay-messages.ts'
import type { HostTraceLine, TracedCall } from '../trace/trace-line.ts'

/**
 * Polls are frequent, and are posted in batches once a run has been going for a while; everything else is posted
 * immediately, so a guest that gets stuck leaves a record of its last calls.
 */
const linesPerMessage = 256
const youngLinesMax = 2000

export class TracingHost implements GuestHost {
  readonly waits = false
  readonly environment: Readonly<Record<string, string>>
  readonly state: GuestHost['state'] = {
    get: (key) => this.#trace('state_get', [key], () => this.#host.state.get(key)),
    set: (key, value) =>
      this.#trace('state_set', [key, this.#utf8.decode(value)], () => this.#host.state.set(key, value)),
    delete: (key) => this.#trace('state_delete', [key], () => this.#host.state.delete(key)),
  }
  readonly #host: ReplayHost
  readonly #port: HostPort
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
  #lines: HostTraceLine[] = []
  /** Posted so far. */
  #lineCount = 0

  constructor(host: ReplayHost, port: HostPort) {
    this.environment = host.environment
    this.#host = host
    this.#port = port
    host.world.onRow = (row, at) => this.#lines.push({ at, row })
  }

  now(): Micros {
    const at = this.#host.now()
    this.#add({ at, call: 'now', args: [], result: at })
    return at
  }

  fillRandom(target: Uint8Array): void {
    this.#host.fillRandom(target)
    this.#add({
      at: this.#host.now(),
      call: 'random',
      args: [target.length],
      result: Buffer.from(target).toString('hex'),
    })
  }

  queryLive(query: string): number {
    return this.#trace('u_query_live', [query], () => this.#host.queryLive(query))
  }

  queryHistory(query: string): number {
    return this.#trace('u_query_history', [query], () => this.#host.queryHistory(query))
  }

  pollHandle(handle: number): LiveEvent | undefined {
    let event: LiveEvent | undefined
    try {
      event = this.#host.pollHandle(handle)
    } finally {
      this.#add({ at: this.#host.now(), call: 'u_poll_handle', args: [handle], result: event ?? null })
      // What the guest does with an Event may be its last sign of life.
      if (event !== undefined && this.#lineCount < youngLinesMax) this.#flush()
    }
    return event
  }

  freeHandle(handle: number): boolean {
    return this.#trace('u_free_handle', [handle], () => this.#host.freeHandle(handle))
  }

  writeEvent(timestamp: string, value: string, tags: string): void {
    this.#trace('u_write_event', [timestamp, value, tags], () => this.#host.writeEvent(timestamp, value, tags))
  }

  writebackWs(producer: ProducerId, text: string): void {
    this.#trace('u_writeback_ws', [producer, text], () => this.#host.writebackWs(producer, text))
  }

  async writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse> {
    const args = [request.method, request.url, this.#utf8.decode(request.body)]
    // Its line precedes those of the rows that arrive while the guest waits.
    const line = this.#begin('u_writeback_http', args)
    try {
      const response = await this.#host.writebackHttp(request)
      line.result = { status: response.status, body: this.#utf8.decode(response.body) }
      return response
    } catch (error) {
      noteRefusal(line, error)
      throw error
    } finally {
      this.#flush()
    }
  }

  log(stream: LogStream, text: string): void {
    this.#trace('log', [stream, text], () => this.#host.log(stream, text))
  }

  finish(guest: FinishedGuest): ReplayReport {
    this.#flush()
    return this.#host.finish(guest)
  }

  #trace<Result>(call: string, args: readonly (string | number)[], perform: () => Result): Result {
    const line = this.#begin(call, args)
    try {
      const result = perform()
      line.result = result instanceof Uint8Array ? this.#utf8.decode(result) : (result ?? null)
      return result
    } catch (error) {
      noteRefusal(line, error)
      throw error
    } finally {
      this.#flush()
    }
  }

  /** Notes a call whose result is not known yet. */
  #begin(call: string, args: readonly (string | number)[]): CallInFlight {
    const { stack = '' } = new Error('trace')
    const line: CallInFlight = { at: this.#host.now(), call, args, result: null, stack }
    this.#lines.push(line)
    return line
  }

  #add(line: HostTraceLine): void {
    this.#lines.push(line)
    if (this.#lines.length >= linesPerMessage) this.#flush()
  }

  #flush(): void {
    if (this.#lines.length === 0) return
    const message: HostMessage = { kind: 'trace', lines: this.#lines }
    this.#lineCount += this.#lines.length
    this.#port.post(message)
    this.#lines = []
  }
}

type CallInFlight = { -readonly [Key in keyof TracedCall]: TracedCall[Key] }

function noteRefusal(line: CallInFlight, error: unknown): void {
  if (error instanceof HostRefusal) line.refused = error.message
}
