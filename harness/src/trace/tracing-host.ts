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
import type { HostMessage, ReplayHost, ReplayReport } from '../replay/replay-host.ts'
import type { HostTraceLine } from './trace-line.ts'

/** Polls come in great numbers; anything else is posted at once, so that a guest that gets stuck leaves its last deeds. */
const linesPerMessage = 256

export class TracingHost implements GuestHost {
  readonly waits = false
  readonly environment: Readonly<Record<string, string>>
  readonly #host: ReplayHost
  readonly #port: HostPort
  readonly #utf8 = new TextDecoder()
  #lines: HostTraceLine[] = []

  constructor(host: ReplayHost, port: HostPort) {
    this.environment = host.environment
    this.#host = host
    this.#port = port
    host.world.onRow = (row) => this.#lines.push({ at: host.world.now, row })
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
    const at = this.#host.now()
    const { stack = '' } = new Error('trace')
    const args = [request.method, request.url, this.#utf8.decode(request.body)]
    try {
      const response = await this.#host.writebackHttp(request)
      const { status } = response
      this.#add({
        at,
        call: 'u_writeback_http',
        args,
        result: { status, body: this.#utf8.decode(response.body) },
        stack,
      })
      return response
    } catch (error) {
      this.#add({ at, call: 'u_writeback_http', args, result: null, ...refusalIn(error), stack })
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
    const at = this.#host.now()
    const { stack = '' } = new Error('trace')
    try {
      const result = perform()
      this.#add({ at, call, args, result: result ?? null, stack })
      return result
    } catch (error) {
      this.#add({ at, call, args, result: null, ...refusalIn(error), stack })
      throw error
    } finally {
      this.#flush()
    }
  }

  #add(line: HostTraceLine): void {
    this.#lines.push(line)
    if (this.#lines.length >= linesPerMessage) this.#flush()
  }

  #flush(): void {
    if (this.#lines.length === 0) return
    const message: HostMessage = { kind: 'trace', lines: this.#lines }
    this.#port.post(message)
    this.#lines = []
  }
}

function refusalIn(error: unknown): { refused?: string } {
  return error instanceof HostRefusal ? { refused: error.message } : {}
}
