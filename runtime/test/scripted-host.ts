/** A host for tests: it records what a guest asks, and returns what the test has prepared. */
import type { LiveEvent } from '../src/engine/model/live-event.ts'
import { GuestState } from '../src/guest/contract/guest-state.ts'
import {
  HostRefusal,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
} from '../src/guest/contract/guest-host.ts'

export class ScriptedHost implements GuestHost {
  /** Events still to be polled; the same for every handle. */
  readonly events: LiveEvent[] = []
  /** Everything the guest did, in order, one line each. */
  readonly calls: string[] = []
  readonly stdout: string[] = []
  readonly stderr: string[] = []
  readonly refusals: string[] = []
  environment: Record<string, string> = {}
  state = new GuestState()
  waits = false
  /** Microseconds. */
  clock = 1_767_225_600_000_000
  /** Answers HTTP; refuses until a test sets it. */
  http: (request: GuestHttpRequest) => Promise<GuestHttpResponse> = async ({ url }) => {
    throw new HostRefusal(`no answer from ${url}`)
  }
  /** Answers polls; takes from `events` until a test sets it. */
  poll: (handle: number) => LiveEvent | undefined | Promise<LiveEvent | undefined> = () => this.events.shift()
  readonly #handles = new Set<number>()

  now(): number {
    return this.clock
  }

  fillRandom(target: Uint8Array): void {
    target.fill(7)
  }

  queryLive(query: string): number {
    this.calls.push(`live ${query}`)
    if (query === '?') throw new HostRefusal('the query is not a query')
    const handle = this.#handles.size + 1
    this.#handles.add(handle)
    return handle
  }

  queryHistory(query: string): number {
    this.calls.push(`history ${query}`)
    if (query === '?') throw new HostRefusal('the query is not a query')
    return 1.5
  }

  pollHandle(handle: number): LiveEvent | undefined | Promise<LiveEvent | undefined> {
    return this.#handles.has(handle) ? this.poll(handle) : undefined
  }

  freeHandle(handle: number): boolean {
    this.calls.push(`free ${handle}`)
    return this.#handles.delete(handle)
  }

  writeEvent(timestamp: string, value: string, tags: string): void {
    this.calls.push(`event ${timestamp} ${value} ${tags}`)
    if (tags === '?') throw new HostRefusal('the tags name no series')
  }

  writebackWs(producer: number, text: string): void {
    this.calls.push(`ws ${producer} ${text}`)
    if (producer === 9) throw new HostRefusal('connection 9 is closed')
  }

  writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse> {
    this.calls.push(`http ${request.method} ${request.url} ${new TextDecoder().decode(request.body)}`)
    return this.http(request)
  }

  log(stream: 'stdout' | 'stderr' | 'host', text: string): void {
    ;({ stdout: this.stdout, stderr: this.stderr, host: this.refusals })[stream].push(text)
  }
}

/** An Event with what a test does not care about filled in. */
export function makeEvent(parts: Partial<LiveEvent> = {}): LiveEvent {
  return { timestamp: 1_767_225_600_000_000, value: 21.5, tags: ['sensor=1'], producers: [1], ...parts }
}
