/**
 * One WebSocket connection that sends events and may receive writebacks. Its protocol is in `docs/ingest.md`.
 */
import type { WebSocket } from 'ws'
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import { ackProtocol } from '../wire/server-message.ts'
import { closeCodes } from '../wire/close-codes.ts'
import { FrameError } from '../wire/frame-decoder.ts'
import { PeerSocket } from '../wire/peer-socket.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import type { Acknowledged, Intake, Pausable } from '../intake.ts'
import type { Observers } from '../observe/observers.ts'
import type { Timers } from '../system/clock.ts'
import type { Producer } from './producers.ts'

/** How long the other side may take to answer the goodbye. */
const goodbyeMillis = 1000

export interface ConnectionOptions {
  readonly id: ProducerId
  readonly socket: WebSocket
  readonly intake: Intake
  /** Most bytes that may wait for it, at the moment. */
  readonly sendBufferBytesMax: () => number
  readonly timers: Pick<Timers, 'after'>
  readonly observers: Observers
  readonly onClose: () => void
}

export class ProducerConnection implements Producer, Acknowledged, Pausable {
  readonly #options: ConnectionOptions
  readonly #peer: PeerSocket
  readonly #wantsAcks: boolean
  #eventCount = 0
  #takenCount = 0
  #isHeld = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    const { id, socket, intake, sendBufferBytesMax, timers, observers, onClose } = options
    this.#peer = new PeerSocket(socket, {
      timers,
      bufferBytesMax: sendBufferBytesMax,
      cutOffReason: 'too much waits to be read',
      onCutOff: () => observers.tell('cutOff', id),
    })
    this.#wantsAcks = socket.protocol === ackProtocol
    socket.on('message', (data: Buffer, isBinary: boolean) => this.#receive(data, isBinary))
    socket.on('close', () => {
      intake.forget(this)
      onClose()
    })
  }

  get takenCount(): number {
    return this.#takenCount
  }

  /**
   * A text to a connection that is closing is lost on its way: that it is closed arrives later.
   *
   * @throws {HostRefusal} when it has not read what it got before
   */
  sendText(text: string): void {
    if (!this.#peer.isOpen) return
    if (!this.#send(text)) throw new HostRefusal(`cannot send to producer ${this.#options.id}: it does not read`)
  }

  acknowledge(durableCount: number): void {
    this.#send(JSON.stringify({ ack: durableCount }))
  }

  pause(): void {
    this.#options.socket.pause()
  }

  resume(): void {
    if (!this.#isHeld) this.#options.socket.resume()
  }

  /** Stops reading for good: after it, `resume` has no effect. */
  hold(): void {
    this.#isHeld = true
    this.#options.socket.pause()
  }

  /** Ends it when more waits for it than may at the moment. */
  checkBuffer(): void {
    this.#peer.keepsUp()
  }

  /** Pings; ends a connection that did not answer the last ping. */
  checkAlive(): void {
    this.#peer.checkAlive()
  }

  /** Says goodbye; the other side has a moment to answer. */
  close(): void {
    this.#peer.close(closeCodes.goingAway, 'the runtime is stopping')
    this.#peer.terminateIn(goodbyeMillis)
  }

  #receive(data: Buffer, isBinary: boolean): void {
    const { id, intake, observers } = this.#options
    // It was read before the hold.
    if (this.#isHeld) return
    if (!isBinary) {
      observers.tell('refused', 'bad-frame', 1)
      this.#sendError({ error: 'text frames carry no events; send events in binary frames' })
      return
    }
    const before = this.#eventCount
    let refusedCount = 0
    const refuse = (refusal: SlungError, eventIndex: number): void => {
      refusedCount++
      observers.tell('refused', refusal.code, 1)
      this.#sendError({ error: refusal.message, event: before + eventIndex + 1 })
    }
    let takenCount = 0
    try {
      takenCount = intake.takeFrame(id, data, refuse)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      takenCount = error.taken
      observers.tell('refused', 'bad-frame', 1)
      this.#sendError({ error: error.message, offset: error.offset })
    }
    this.#eventCount += takenCount + refusedCount
    this.#takenCount += takenCount
    if (this.#wantsAcks && takenCount > 0) intake.acknowledgeTo(this)
    if (intake.isFull) intake.pause(this)
  }

  #sendError(message: { readonly error: string; readonly event?: number; readonly offset?: number }): void {
    this.#send(JSON.stringify(message))
  }

  /** Whether the text is on its way. */
  #send(text: string): boolean {
    if (!this.#peer.keepsUp()) return false
    this.#peer.send(text)
    return true
  }
}
