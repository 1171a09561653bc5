/** The connection of one recorder: messages go out in order, and a recorder that does not keep up is cut off. */
import type { WebSocket } from 'ws'
import type { Eventually } from '../../engine/model/eventually.ts'
import type { Timers } from '../system/clock.ts'
import { closeCodes } from '../wire/close-codes.ts'
import { PeerSocket } from '../wire/peer-socket.ts'
import { stopWord, type RecordMessage } from './record-protocol.ts'

export interface RecordingSocketOptions {
  readonly timers: Pick<Timers, 'after'>
  readonly bufferBytesMax: number
  readonly onStop: () => void
  readonly onSlow: () => void
  readonly onClose: () => void
}

/** How long the last messages may take to a recorder that is a little behind. */
const goodbyeMillis = 5000

export class RecordingSocket {
  readonly #peer: PeerSocket
  /** Messages that come while `sendSlowly` is at work; `null` when it is not. */
  #held: string[] | null = null
  #heldBytes = 0
  #slow: Promise<void> = Promise.resolve()

  constructor(socket: WebSocket, { timers, bufferBytesMax, onStop, onSlow, onClose }: RecordingSocketOptions) {
    this.#peer = new PeerSocket(socket, {
      timers,
      bufferBytesMax,
      cutOffReason: 'the recorder does not keep up',
      onCutOff: onSlow,
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary && data.toString() === stopWord) onStop()
    })
    socket.on('close', onClose)
  }

  send(message: RecordMessage): void {
    const text = JSON.stringify(message)
    if (this.#held === null) {
      this.#peer.send(text)
    } else {
      this.#held.push(text)
      this.#heldBytes += text.length
    }
    this.#peer.keepsUp(this.#heldBytes)
  }

  /**
   * Sends each message when the last one has gone out, and then those that came meanwhile, unless they refuse. Once.
   */
  sendSlowly(messages: Eventually<Iterable<RecordMessage>>): void {
    this.#held = []
    this.#slow = this.#sendOneByOne(messages)
  }

  /** Pings; ends a connection that did not answer the last ping. */
  checkAlive(): void {
    this.#peer.checkAlive()
  }

  /** Says goodbye after everything that was sent. */
  close(): void {
    void this.#slow.then(() => this.#peer.close(closeCodes.normal))
    this.#peer.terminateIn(goodbyeMillis)
  }

  async #sendOneByOne(messages: Eventually<Iterable<RecordMessage>>): Promise<void> {
    for (const message of await messages) {
      if (message.kind === 'refused') this.#held = []
      if (!this.#peer.isOpen) break
      await this.#peer.sent(JSON.stringify(message))
    }
    const held = this.#held ?? []
    this.#held = null
    this.#heldBytes = 0
    for (const text of held) this.#peer.send(text)
  }
}
