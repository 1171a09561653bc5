/**
 * A connection to a runtime as its user sees it: events go out, writebacks come in, and whoever asks learns what is durable.
 *
 * Sending costs no wait. Events gather in a frame, which leaves when it is complete or at the end of the event turn, and stay
 * in the outbox until the runtime has them on disk; so a lost connection loses nothing. After it, what is not settled
 * is sent again, in order. A runtime may then receive an event a second time, which its store takes for the same sample.
 * It gives the new connection another id: writebacks to the old one are gone.
 */
import type { WebSocket } from 'ws'
import { closeCodes } from '../staging/wire/close-codes.ts'
import type { OutgoingEvent } from '../staging/wire/event-frame.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'
import { backoffMillis } from './backoff.ts'
import { EventRefusedError } from './event-refused-error.ts'
import { openSocket, type SocketOptions } from './open-socket.ts'
import { Outbox } from './outbox.ts'
import { formatRuntimeUrl } from './runtime-url.ts'
import { parseServerMessage } from '../staging/wire/server-message.ts'

/** `ConnectOptions` with everything decided. */
export interface ClientOptions extends SocketOptions {
  readonly reconnect: boolean
  readonly onWriteback: ((text: string) => void) | null
  readonly onError: (error: SlungError) => void
  readonly unacknowledgedEventsMax: number
  readonly reconnectDelayMillis: number
  readonly chance: () => number
}

export interface CloseOptions {
  /** How long to wait until everything sent is durable. Default: 10 seconds. */
  readonly timeoutMillis?: number
}

const closeTimeoutMillisDefault = 10_000
/** How long the other side may take to say goodbye, once nothing is left to be said. */
const goodbyeTimeoutMillis = 2000

export class SlungClient {
  readonly #options: ClientOptions
  readonly #where: string
  readonly #outbox = new Outbox()
  readonly #writebackHandlers = new Set<(text: string) => void>()
  /** `null` between two connections, and after the last. */
  #socket: WebSocket | null = null
  #turnEnd: NodeJS.Immediate | undefined
  #reconnectTimer: NodeJS.Timeout | undefined
  /** Attempts to connect since the runtime last took something. */
  #attempt = 0
  #pingCount = 0
  #flushWaiters: Waiter[] = []
  #settledWaiters: Waiter[] = []
  #roomWaiters: Waiter[] = []
  /** Why nothing can be sent any more. */
  #end: SlungError | null = null
  #closed: Promise<void> | null = null

  /** For `connect`. @param socket - open */
  constructor(socket: WebSocket, options: ClientOptions) {
    this.#options = options
    this.#where = formatRuntimeUrl(options.url)
    if (options.onWriteback !== null) this.#writebackHandlers.add(options.onWriteback)
    this.#use(socket)
  }

  /** Events given to `send` so far; the ordinal of the newest. */
  get sentCount(): number {
    return this.#outbox.sentCount
  }

  /** Events that are durable. */
  get acknowledgedCount(): number {
    return this.#outbox.acknowledgedCount
  }

  /** Events that the runtime did not take; each was told to `onError`. */
  get refusedCount(): number {
    return this.#outbox.refusedCount
  }

  /**
   * Sends an event. It leaves at the end of the event turn at the latest.
   *
   * @throws {SlungError} `bad-timestamp`, `bad-value`, `bad-series` for an event that no runtime takes; `too-many-unacknowledged`
   *   when the runtime does not keep up: wait for `ready`; `closed`, or why the connection was lost for good
   */
  send(event: OutgoingEvent): void {
    this.#checkSendable(1)
    if (this.#outbox.append(event)) this.#sendFrame()
    else this.#turnEnd ??= setImmediate(() => this.#sendFrame())
  }

  /**
   * Sends events, in order.
   *
   * @throws {SlungError} as `send`. Of a batch that is too large nothing is sent; before an event that no runtime takes, the others are
   */
  sendBatch(events: readonly OutgoingEvent[]): void {
    this.#checkSendable(events.length)
    for (const event of events) this.send(event)
  }

  /**
   * Resolves when there is room for so many more events, at once as a rule.
   *
   * @throws {SlungError} when the connection is lost for good
   */
  async ready(eventCount = 1): Promise<void> {
    const { unacknowledgedEventsMax } = this.#options
    // A batch that never fits is told so by `sendBatch`.
    const before = Math.max(0, unacknowledgedEventsMax - eventCount)
    while (this.#outbox.unsettledCount > before) await this.#wait(this.#roomWaiters, 0)
  }

  /**
   * Resolves when the runtime has taken everything sent until now, though it may not be durable yet. What is sent on another
   * connection afterwards comes later for workflows too.
   *
   * @throws {SlungError} when the connection is lost for good
   */
  async flushed(): Promise<void> {
    this.#sendFrame()
    const ping = ++this.#pingCount
    const flushed = this.#wait(this.#flushWaiters, ping)
    this.#socket?.ping(`${ping}`)
    await flushed
  }

  /** Resolves when everything sent until now is durable, or was refused. @throws {SlungError} when the connection is lost for good */
  async acknowledged(): Promise<void> {
    this.#sendFrame()
    const { sentCount, settledThrough } = this.#outbox
    if (settledThrough < sentCount) await this.#wait(this.#settledWaiters, sentCount)
  }

  /**
   * Calls `handler` with the text of each writeback that workflows send to this connection from now on.
   *
   * @returns ends that
   */
  onWriteback(handler: (text: string) => void): () => void {
    this.#writebackHandlers.add(handler)
    return () => void this.#writebackHandlers.delete(handler)
  }

  /**
   * Waits until everything sent is durable, and closes the connection. Nothing can be sent meanwhile; writebacks still come.
   *
   * @throws {SlungError} `not-acknowledged` when that takes too long, or why the connection was lost; it is closed all the same
   */
  close({ timeoutMillis = closeTimeoutMillisDefault }: CloseOptions = {}): Promise<void> {
    this.#closed ??= this.#close(timeoutMillis)
    return this.#closed
  }

  /** Closes as `close` does: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(timeoutMillis: number): Promise<void> {
    const settled = this.acknowledged()
    const tooLong = Promise.withResolvers<never>()
    const timer = setTimeout(() => tooLong.reject(this.#notAcknowledged(timeoutMillis)), timeoutMillis)
    const closed = new SlungError('closed', `the connection to ${this.#where} is closed`)
    try {
      await Promise.race([settled, tooLong.promise])
    } catch (error) {
      this.#finish(closed)
      this.#socket?.terminate()
      throw error
    } finally {
      clearTimeout(timer)
    }
    // What is durable was taken.
    release(this.#flushWaiters, this.#pingCount)
    this.#finish(closed)
    if (this.#socket !== null) await sayGoodbye(this.#socket)
  }

  #notAcknowledged(timeoutMillis: number): SlungError {
    const { unsettledCount, sentCount } = this.#outbox
    return new SlungError(
      'not-acknowledged',
      `cannot close the connection to ${this.#where} in good order: ${unsettledCount} of ${sentCount} events were not ` +
        `acknowledged within ${timeoutMillis / 1000} s and may be lost`,
    )
  }

  #checkSendable(eventCount: number): void {
    if (this.#end !== null) throw this.#end
    if (this.#closed !== null)
      throw new SlungError('closed', `cannot send to ${this.#where}: the connection is being closed`)
    const { unacknowledgedEventsMax } = this.#options
    const { unsettledCount } = this.#outbox
    if (unsettledCount + eventCount <= unacknowledgedEventsMax) return
    throw new SlungError(
      'too-many-unacknowledged',
      `cannot send to ${this.#where}: ${unsettledCount} events are not acknowledged yet and at most ` +
        `${unacknowledgedEventsMax} may be; wait for ready() now and then, or raise unacknowledgedEventsMax`,
    )
  }

  #sendFrame(): void {
    clearImmediate(this.#turnEnd)
    this.#turnEnd = undefined
    const frame = this.#outbox.closeFrame()
    // Between two connections, frames wait in the outbox.
    if (frame !== null) this.#socket?.send(frame)
  }

  /** Takes a new connection into use: sends what is not settled, and asks again what was not answered. */
  #use(socket: WebSocket): void {
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#receive((data as Buffer).toString())
    })
    socket.on('pong', (data) => release(this.#flushWaiters, Number(data.toString())))
    socket.once('close', (code, reason) => this.#lose(code, reason.toString()))
    if (this.#outbox.unsettledCount === 0) this.#attempt = 0
    for (const frame of this.#outbox.reconnect()) socket.send(frame)
    const newest = this.#flushWaiters.at(-1)
    if (newest !== undefined) socket.ping(`${newest.target}`)
    socket.resume()
  }

  #receive(text: string): void {
    const message = parseServerMessage(text)
    switch (message.kind) {
      case 'ack':
        if (!this.#outbox.acknowledge(message.count)) break
        this.#progress()
        return
      case 'refused': {
        const ordinal = this.#outbox.refuse(message.event)
        if (ordinal === null) break
        this.#progress()
        this.#options.onError(new EventRefusedError(ordinal, message.reason))
        return
      }
      case 'bad-frame':
        // Nothing is known of the events in it, and sending it again would not help.
        this.#fail(
          new SlungError(
            'bad-frame',
            `cannot send to ${this.#where}: it does not read our frames: ${printable(message.reason)}`,
          ),
        )
        return
      case 'writeback':
    }
    for (const handler of this.#writebackHandlers) handler(text)
  }

  #progress(): void {
    this.#attempt = 0
    release(this.#settledWaiters, this.#outbox.settledThrough)
    // Not at the bound itself, or whoever waits would be woken for every event.
    if (this.#outbox.unsettledCount <= this.#options.unacknowledgedEventsMax / 2) release(this.#roomWaiters, 0)
  }

  #lose(code: number, reason: string): void {
    this.#socket = null
    if (this.#end !== null) return
    const said = reason === '' ? `code ${code}` : `${printable(reason)}, code ${code}`
    const { reconnect, onError } = this.#options
    const lost = `lost the connection to ${this.#where} (${said})`
    if (!reconnect) {
      const { unsettledCount } = this.#outbox
      this.#fail(new SlungError('connection-lost', `${lost}; events that are not acknowledged: ${unsettledCount}`))
      return
    }
    this.#reconnectLater()
    onError(new SlungError('connection-lost', `${lost}; connecting again`))
  }

  #reconnectLater(): void {
    const { reconnectDelayMillis, chance } = this.#options
    const delay = backoffMillis(this.#attempt++, reconnectDelayMillis, chance)
    this.#reconnectTimer = setTimeout(() => void this.#reconnect(), delay)
  }

  async #reconnect(): Promise<void> {
    try {
      const socket = await openSocket(this.#options)
      if (this.#end === null) this.#use(socket)
      else socket.terminate()
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      if (this.#end !== null) return
      if (permanentCodes.has(error.code)) {
        this.#fail(error)
        return
      }
      this.#reconnectLater()
      this.#options.onError(error)
    }
  }

  /** Ends the connection for good, and tells. */
  #fail(error: SlungError): void {
    this.#finish(error)
    this.#socket?.terminate()
    this.#options.onError(error)
  }

  /** Nothing is sent and no connection is opened any more; the present one is left to the caller. */
  #finish(reason: SlungError): void {
    if (this.#end !== null) return
    this.#end = reason
    clearImmediate(this.#turnEnd)
    clearTimeout(this.#reconnectTimer)
    for (const waiters of [this.#flushWaiters, this.#settledWaiters, this.#roomWaiters]) {
      for (const { reject } of waiters.splice(0)) reject(reason)
    }
  }

  #wait(waiters: Waiter[], target: number): Promise<void> {
    if (this.#end !== null) return Promise.reject(this.#end)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    waiters.push({ target, resolve, reject })
    return promise
  }
}

/** Somebody who waits until a number that only grows has reached `target`. */
interface Waiter {
  readonly target: number
  readonly resolve: () => void
  readonly reject: (reason: SlungError) => void
}

/** Another attempt would have the same answer. */
const permanentCodes: ReadonlySet<string> = new Set(['unauthorized', 'forbidden'])

/** Resolves those whose target is reached. Targets are in ascending order. */
function release(waiters: Waiter[], reached: number): void {
  const count = waiters.findIndex(({ target }) => target > reached)
  for (const { resolve } of waiters.splice(0, count < 0 ? waiters.length : count)) resolve()
}

/** Resolves when the connection is closed. */
async function sayGoodbye(socket: WebSocket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  socket.once('close', resolve)
  const timer = setTimeout(() => socket.terminate(), goodbyeTimeoutMillis)
  socket.close(closeCodes.normal)
  await promise
  clearTimeout(timer)
}
