/** The connection of one recorder: messages go out in order, and a recorder that does not keep up is cut off. */
import type { WebSocket } from 'ws'
import type { Eventually } from '../../engine/model/eventually.ts'
import type { Timers } from '../system/clock.ts'
import { stopWord, type RecordMessage } from './record-protocol.ts'

/** Status codes of the WebSocket protocol, RFC 6455 section 7.4.1. */
const closeCodes = { normal: 1000, policyViolation: 1008 } as const

export interface RecordingSocketOptions {
  readonly timers: Pick<Timers, 'after'>
  readonly bufferBytesMax: number
  readonly onStop: () => void
  readonly onSlow: () => void
  readonly onClose: () => void
}

/** For what is still on its way to a recorder that is a little behind. */
const goodbyeMillis = 5000

export class RecordingSocket {
  readonly #socket: WebSocket
  readonly #options: RecordingSocketOptions
  #isAlive = true
  /** What comes while `sendSlowly` is at work. */
  #held: string[] | null = null
  #heldBytes = 0
  #slow: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, options: RecordingSocketOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary && data.toString() === stopWord) options.onStop()
    })
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // `close` follows.
    socket.on('error', () => {})
    socket.on('close', options.onClose)
  }

  send(message: RecordMessage): void {
    const text = JSON.stringify(message)
    if (this.#held === null) {
      this.#send(text)
    } else {
      this.#held.push(text)
      this.#heldBytes += text.length
    }
    if (this.#socket.bufferedAmount + this.#heldBytes > this.#options.bufferBytesMax) this.#cutOff()
  }

  /** Sends each message when the last one is gone, and what comes meanwhile after them, unless they refuse. Once. */
  sendSlowly(messages: Eventually<Iterable<RecordMessage>>): void {
    this.#held = []
    this.#slow = this.#sendOneByOne(messages)
  }

  /** Asks for a sign of life; ends a connection that has not answered the last time. */
  checkAlive(): void {
    if (!this.#isAlive) {
      this.#socket.terminate()
      return
    }
    this.#isAlive = false
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  /** Says goodbye after everything that was sent. */
  close(): void {
    void this.#slow.then(() => this.#socket.close(closeCodes.normal))
    const timer = this.#options.timers.after(goodbyeMillis, () => this.#socket.terminate())
    this.#socket.once('close', () => timer.cancel())
  }

  async #sendOneByOne(messages: Eventually<Iterable<RecordMessage>>): Promise<void> {
    for (const message of await messages) {
      if (message.kind === 'refused') this.#held = []
      if (this.#socket.readyState !== this.#socket.OPEN) break
      await new Promise<void>((resolve) => this.#socket.send(JSON.stringify(message), () => resolve()))
    }
    const held = this.#held ?? []
    this.#held = null
    this.#heldBytes = 0
    for (const text of held) this.#send(text)
  }

  #send(text: string): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(text)
  }

  #cutOff(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#options.onSlow()
    this.#socket.close(closeCodes.policyViolation, 'the recorder does not keep up')
    // One that does not read does not answer the goodbye either.
    this.#socket.terminate()
  }
}
