/**
 * A host that is another one, and counts what a guest asks while it has not polled everything: those are the answers
 * that depend on how far it is.
 */
import type { GuestHost, GuestHttpRequest, GuestHttpResponse } from '../../../runtime/src/guest/contract/guest-host.ts'
import type { LiveEvent, ProducerId } from '../../../runtime/src/engine/model/live-event.ts'
import type { LogStream } from '../../../runtime/src/engine/model/timeline.ts'

export class WatchedHost implements GuestHost {
  readonly waits = true
  subscribedBehind = 0
  askedBehind = 0
  readonly #host: GuestHost
  readonly #sampleCount: () => number
  /** What was asked since the latest Event, and how many samples there were. */
  #subscribedAt: number[] = []
  #askedAt: number[] = []

  /** @param sampleCount - how many samples have arrived */
  constructor(host: GuestHost, sampleCount: () => number) {
    this.#host = host
    this.#sampleCount = sampleCount
  }

  get environment(): GuestHost['environment'] {
    return this.#host.environment
  }

  get state(): GuestHost['state'] {
    return this.#host.state
  }

  now(): number {
    return this.#host.now()
  }

  fillRandom(target: Uint8Array): void {
    this.#host.fillRandom(target)
  }

  queryLive(query: string): number | Promise<number> {
    this.#subscribedAt.push(this.#sampleCount())
    return this.#host.queryLive(query)
  }

  queryHistory(query: string): number | Promise<number> {
    this.#askedAt.push(this.#sampleCount())
    return this.#host.queryHistory(query)
  }

  async pollHandle(handle: number): Promise<LiveEvent | undefined> {
    const event = await this.#host.pollHandle(handle)
    if (event !== undefined) this.#count()
    return event
  }

  freeHandle(handle: number): boolean {
    return this.#host.freeHandle(handle)
  }

  writeEvent(timestamp: string, value: string, tags: string): void | Promise<void> {
    return this.#host.writeEvent(timestamp, value, tags)
  }

  writebackWs(producer: ProducerId, text: string): void | Promise<void> {
    return this.#host.writebackWs(producer, text)
  }

  writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse> {
    return this.#host.writebackHttp(request)
  }

  log(stream: LogStream, text: string): void {
    this.#host.log(stream, text)
  }

  /** An Event came. If no sample has arrived since a question, it is about one that was there before. */
  #count(): void {
    if (this.#subscribedAt.length === 0 && this.#askedAt.length === 0) return
    const now = this.#sampleCount()
    this.subscribedBehind += this.#subscribedAt.filter((count) => count === now).length
    this.askedBehind += this.#askedAt.filter((count) => count === now).length
    this.#subscribedAt = []
    this.#askedAt = []
  }
}
