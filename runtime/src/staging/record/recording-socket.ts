/**
 * The connection of one recorder: what a recording took down goes out in order, as the scribe writes it, and a recorder
 * that does not keep up is cut off.
 */
import type { WebSocket } from 'ws'
import type { Timers } from '../system/clock.ts'
import { closeCodes } from '../wire/close-codes.ts'
import { PeerSocket } from '../wire/peer-socket.ts'
import { stopWord } from './record-protocol.ts'
import { bytesOf, type RecordedFact } from './recorded-fact.ts'
import type { CreateScribe, ScribeOutlet } from './scribe-thread.ts'

export interface RecordingSocketOptions {
  readonly timers: Pick<Timers, 'after'>
  readonly bufferBytesMax: number
  readonly createScribe: CreateScribe
  /** Whether the recording begins with stored samples. */
  readonly hasHistory: boolean
  readonly onStop: () => void
  readonly onSlow: () => void
  readonly onClose: () => void
}

/** How long nothing may move at the end. */
const goodbyeMillis = 5000

export class RecordingSocket {
  readonly #peer: PeerSocket
  readonly #scribe: ScribeOutlet
  /** Facts that the scribe has not finished. */
  #waitingCount = 0
  #waitingBytes = 0
  #isClosing = false

  constructor(socket: WebSocket, options: RecordingSocketOptions) {
    const { timers, bufferBytesMax, createScribe, hasHistory, onStop, onSlow, onClose } = options
    this.#peer = new PeerSocket(socket, {
      timers,
      bufferBytesMax: () => bufferBytesMax,
      cutOffReason: 'the recorder does not keep up',
      onCutOff: onSlow,
    })
    this.#scribe = createScribe(hasHistory, {
      onMessage: ({ text, isStored }) => {
        if (!this.#peer.isOpen) return
        const sent = this.#peer.sent(text)
        if (isStored) void sent.then(() => this.#scribe.next())
      },
      onDone: (doneBytes) => {
        this.#waitingBytes -= doneBytes
        this.#waitingCount--
        if (this.#isClosing && this.#waitingCount === 0) this.#peer.close(closeCodes.normal)
      },
      onFailure: () => {
        this.#peer.close(closeCodes.internalError, 'the recording failed')
        this.#peer.terminateWhenStuck(goodbyeMillis, () => false)
      },
    })
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary && data.toString() === stopWord) onStop()
    })
    socket.on('close', () => {
      this.#scribe.close()
      onClose()
    })
  }

  /** Takes what is to be told next. Its buffers belong to the scribe from now on. */
  take(fact: RecordedFact): void {
    if (!this.#peer.isOpen) return
    this.#waitingBytes += bytesOf(fact)
    this.#waitingCount++
    this.#scribe.take(fact)
    this.#peer.keepsUp(this.#waitingBytes)
  }

  /** Whether anybody hears what is taken. */
  get isOpen(): boolean {
    return this.#peer.isOpen
  }

  /** Pings; ends a connection that did not answer the last ping. */
  checkAlive(): void {
    this.#peer.checkAlive()
  }

  /** Says goodbye after everything that was taken, however long that takes, as long as something moves. */
  close(): void {
    this.#isClosing = true
    this.take({ kind: 'over' })
    this.#peer.terminateWhenStuck(goodbyeMillis, () => this.#waitingCount > 0)
  }
}
