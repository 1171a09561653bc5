/**
 * A connection to a runtime as its user sees it: events go out, writebacks come in, and the caller can ask what is
 * durable.
 *
 * Sending never waits, and a lost connection loses no event: what is not settled is sent again (`delivery.ts`). A
 * runtime may then receive an event twice, which its store takes for the same sample. The new connection has another
 * id: writebacks to the old one are gone.
 */
import type { WebSocket } from 'ws'
import type { OutgoingEvent } from '../staging/wire/event-frame.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { Delivery, type DeliveryOptions } from './delivery.ts'
import { formatRuntimeUrl } from './runtime-url.ts'

/** `ConnectOptions` with everything decided. */
export interface ClientOptions extends DeliveryOptions {
  readonly onWriteback: ((text: string) => void) | null
}

export interface CloseOptions {
  /** How long to wait until everything sent is durable. Default: 10 seconds. */
  readonly timeoutMillis?: number
}

const closeTimeoutMillisDefault = 10_000

export class SlungClient {
  readonly #delivery: Delivery
  readonly #where: string
  readonly #unacknowledgedEventsMax: number
  readonly #writebackHandlers = new Set<(text: string) => void>()
  #closed: Promise<void> | null = null

  /** For `connect`. @param socket - open */
  constructor(socket: WebSocket, options: ClientOptions) {
    this.#where = formatRuntimeUrl(options.url)
    this.#unacknowledgedEventsMax = options.unacknowledgedEventsMax
    if (options.onWriteback !== null) this.#writebackHandlers.add(options.onWriteback)
    this.#delivery = new Delivery(socket, options, (text) => {
      for (const handler of this.#writebackHandlers) handler(text)
    })
  }

  /** Events given to `send` so far; the ordinal of the newest. */
  get sentCount(): number {
    return this.#delivery.outbox.sentCount
  }

  /** Events that are durable. */
  get acknowledgedCount(): number {
    return this.#delivery.outbox.acknowledgedCount
  }

  /** Events that the runtime did not take; `onError` received each. */
  get refusedCount(): number {
    return this.#delivery.outbox.refusedCount
  }

  /**
   * Sends an event. It leaves at the end of the event turn at the latest.
   *
   * @throws {SlungError} `bad-timestamp`, `bad-value`, `bad-series` for an event that no runtime takes;
   *   `too-many-unacknowledged` when the runtime does not keep up: wait for `ready`; `closed`, or why the connection
   *   was lost for good
   */
  send(event: OutgoingEvent): void {
    this.#checkSendable(1)
    this.#delivery.send(event)
  }

  /**
   * Sends events, in order.
   *
   * @throws {SlungError} as `send`. Of a batch that is too large nothing is sent; before an event that no runtime
   *   takes, the others are
   */
  sendBatch(events: readonly OutgoingEvent[]): void {
    this.#checkSendable(events.length)
    for (const event of events) this.send(event)
  }

  /**
   * Resolves when there is room for `eventCount` more events, usually immediately.
   *
   * @throws {SlungError} when the connection is lost for good
   */
  async ready(eventCount = 1): Promise<void> {
    const { outbox, room } = this.#delivery
    // A batch that never fits is refused by `sendBatch`.
    const before = Math.max(0, this.#unacknowledgedEventsMax - eventCount)
    while (outbox.unsettledCount > before) await room.wait(0)
  }

  /**
   * Resolves when the runtime has taken everything sent so far, though it may not be durable yet. What is sent on
   * another connection afterwards also reaches workflows later.
   *
   * @throws {SlungError} when the connection is lost for good
   */
  async flushed(): Promise<void> {
    this.#delivery.sendFrame()
    await this.#delivery.flushed.wait(this.#delivery.ping())
  }

  /**
   * Resolves when everything sent so far is durable or refused.
   *
   * @throws {SlungError} when the connection is lost for good
   */
  async acknowledged(): Promise<void> {
    this.#delivery.sendFrame()
    const { sentCount, settledThrough } = this.#delivery.outbox
    if (settledThrough < sentCount) await this.#delivery.settled.wait(sentCount)
  }

  /**
   * Calls `handler` with the text of each writeback that workflows send to this connection from now on.
   *
   * @returns removes the handler
   */
  onWriteback(handler: (text: string) => void): () => void {
    this.#writebackHandlers.add(handler)
    return () => void this.#writebackHandlers.delete(handler)
  }

  /**
   * Waits until everything sent is durable, then closes the connection. Meanwhile nothing can be sent; writebacks still
   * come.
   *
   * @throws {SlungError} `not-acknowledged` when that takes too long, or why the connection was lost; it is closed all
   *   the same
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
    const { connection, flushed } = this.#delivery
    const settled = this.acknowledged()
    const tooLong = Promise.withResolvers<never>()
    const timer = setTimeout(() => tooLong.reject(this.#notAcknowledged(timeoutMillis)), timeoutMillis)
    const closed = new SlungError('closed', `the connection to ${this.#where} is closed`)
    try {
      await Promise.race([settled, tooLong.promise])
    } catch (error) {
      this.#delivery.finish(closed)
      connection.terminate()
      throw error
    } finally {
      clearTimeout(timer)
    }
    // What is durable was taken.
    flushed.release(Number.POSITIVE_INFINITY)
    this.#delivery.finish(closed)
    await connection.goodbye()
  }

  #notAcknowledged(timeoutMillis: number): SlungError {
    const { unsettledCount, sentCount } = this.#delivery.outbox
    return new SlungError(
      'not-acknowledged',
      `cannot close the connection to ${this.#where} cleanly: ${unsettledCount} of ${sentCount} events were not ` +
        `acknowledged within ${timeoutMillis / 1000} s and may be lost`,
    )
  }

  #checkSendable(eventCount: number): void {
    const { end, outbox } = this.#delivery
    if (end !== null) throw end
    if (this.#closed !== null)
      throw new SlungError('closed', `cannot send to ${this.#where}: the connection is being closed`)
    if (outbox.unsettledCount + eventCount <= this.#unacknowledgedEventsMax) return
    throw new SlungError(
      'too-many-unacknowledged',
      `cannot send to ${this.#where}: ${outbox.unsettledCount} events are not acknowledged yet and at most ` +
        `${this.#unacknowledgedEventsMax} may be; wait for ready() now and then, or raise unacknowledgedEventsMax`,
    )
  }
}
