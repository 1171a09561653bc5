/**
 * Brings events to a runtime and takes its answers about them, over one connection after another.
 *
 * Events gather in a frame, which leaves when it is complete or at the end of the event turn, and stay in the outbox
 * until the runtime has them on disk. After a lost connection, what is not settled is sent again, in order.
 */
import type { WebSocket } from 'ws'
import type { OutgoingEvent } from '../staging/wire/event-frame.ts'
import { parseServerMessage } from '../staging/wire/server-message.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'
import { Outbox } from './outbox.ts'
import { RuntimeConnection, type RuntimeConnectionOptions } from './runtime-connection.ts'
import { formatRuntimeUrl } from './runtime-url.ts'
import { Waiters } from './waiters.ts'

/** One event that a runtime did not take. */
export class EventRefusedError extends SlungError {
  /** Which one: counts from 1 over everything the client sent. */
  readonly ordinal: number
  /** What the runtime says, on one line. */
  readonly reason: string

  constructor(ordinal: number, reason: string) {
    const text = printable(reason)
    super('event-refused', `event ${ordinal} was refused: ${text}`)
    this.name = 'EventRefusedError'
    this.ordinal = ordinal
    this.reason = text
  }
}

export interface DeliveryOptions extends RuntimeConnectionOptions {
  readonly onError: (error: SlungError) => void
  readonly unacknowledgedEventsMax: number
}

export class Delivery {
  readonly outbox: Outbox = new Outbox()
  readonly connection: RuntimeConnection
  /** Wait for the answer to a ping, by its number. */
  readonly flushed: Waiters = new Waiters()
  /** Wait until an event is settled, by its ordinal. */
  readonly settled: Waiters = new Waiters()
  /** Wait for room in the outbox, with target 0: each waiter then checks how much there is. */
  readonly room: Waiters = new Waiters()
  readonly #options: DeliveryOptions
  readonly #onWriteback: (text: string) => void
  #turnEnd: NodeJS.Immediate | undefined
  #pingCount = 0
  #end: SlungError | null = null

  /** @param socket - open */
  constructor(socket: WebSocket, options: DeliveryOptions, onWriteback: (text: string) => void) {
    this.#options = options
    this.#onWriteback = onWriteback
    this.connection = new RuntimeConnection(options, {
      onOpen: () => this.#resend(),
      onText: (text) => this.#receive(text),
      onPong: (text) => this.flushed.release(Number(text)),
      onLost: (loss) => this.#lose(loss),
      onRetry: options.onError,
      onRefused: (error) => this.#fail(error),
    })
    this.connection.use(socket)
  }

  /** Why nothing can be sent any more; `null` while it can. */
  get end(): SlungError | null {
    return this.#end
  }

  /** Adds an event to the open frame. @throws {SlungError} for an event that no runtime takes */
  send(event: OutgoingEvent): void {
    if (this.outbox.append(event)) this.sendFrame()
    else this.#turnEnd ??= setImmediate(() => this.sendFrame())
  }

  /** Sends the open frame, if there are events in it. */
  sendFrame(): void {
    clearImmediate(this.#turnEnd)
    this.#turnEnd = undefined
    const frame = this.outbox.closeFrame()
    // Between two connections, frames wait in the outbox.
    if (frame !== null) this.connection.send(frame)
  }

  /** Asks the runtime to answer when it has taken what was sent. @returns the number of the ping */
  ping(): number {
    this.connection.ping(`${++this.#pingCount}`)
    return this.#pingCount
  }

  /** Sends nothing more and opens no further connection; the present one is left to the caller. */
  finish(reason: SlungError): void {
    if (this.#end !== null) return
    this.#end = reason
    clearImmediate(this.#turnEnd)
    this.connection.stop()
    for (const waiters of [this.flushed, this.settled, this.room]) waiters.fail(reason)
  }

  /** On a new connection: sends what is not settled, and asks again what was not answered. */
  #resend(): void {
    if (this.outbox.unsettledCount === 0) this.connection.noteProgress()
    for (const frame of this.outbox.reconnect()) this.connection.send(frame)
    const { newestTarget } = this.flushed
    if (newestTarget !== null) this.connection.ping(`${newestTarget}`)
  }

  #receive(text: string): void {
    const message = parseServerMessage(text)
    switch (message.kind) {
      case 'ack':
        if (!this.outbox.acknowledge(message.count)) break
        this.#progress()
        return
      case 'refused': {
        const ordinal = this.outbox.refuse(message.event)
        if (ordinal === null) break
        this.#progress()
        this.#options.onError(new EventRefusedError(ordinal, message.reason))
        return
      }
      case 'bad-frame': {
        // Nothing is known of the events in it, and sending it again would not help.
        const where = formatRuntimeUrl(this.#options.url)
        const found = `it cannot read our frames: ${printable(message.reason)}`
        this.#fail(new SlungError('bad-frame', `cannot send to ${where}: ${found}`))
        return
      }
      case 'writeback':
    }
    this.#onWriteback(text)
  }

  #progress(): void {
    this.connection.noteProgress()
    this.settled.release(this.outbox.settledThrough)
    // Not at the bound itself: each event would wake those who wait.
    if (this.outbox.unsettledCount <= this.#options.unacknowledgedEventsMax / 2) this.room.release(0)
  }

  #lose(loss: string): void {
    if (this.#options.reconnect) {
      this.#options.onError(new SlungError('connection-lost', `${loss}; reconnecting`))
      return
    }
    const { unsettledCount } = this.outbox
    this.#fail(new SlungError('connection-lost', `${loss}; unacknowledged events: ${unsettledCount}`))
  }

  /** Ends everything for good, and reports why. */
  #fail(error: SlungError): void {
    this.finish(error)
    this.connection.terminate()
    this.#options.onError(error)
  }
}
