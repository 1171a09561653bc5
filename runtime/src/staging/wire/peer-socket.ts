/**
 * The runtime's end of a WebSocket, for any protocol: cuts off a peer that does not read, notices one that is gone, and
 * limits how long the answer to a goodbye may take.
 */
import type { WebSocket } from 'ws'
import type { Timer, Timers } from '../system/clock.ts'
import { closeCodes } from './close-codes.ts'

export interface PeerSocketOptions {
  readonly timers: Pick<Timers, 'after'>
  /** Most bytes that may wait to be read by the peer, at the moment. */
  readonly bufferBytesMax: () => number
  /** The reason that the peer gets in the close frame when it is cut off. */
  readonly cutOffReason: string
  readonly onCutOff: () => void
}

export class PeerSocket {
  readonly #socket: WebSocket
  readonly #options: PeerSocketOptions
  #isAlive = true
  /** Texts of `sent` that have left. */
  #sentCount = 0

  /** @param socket - open; its owner listens to its messages and its close */
  constructor(socket: WebSocket, options: PeerSocketOptions) {
    this.#socket = socket
    this.#options = options
    socket.on('pong', () => {
      this.#isAlive = true
    })
    // A broken connection, a frame that is too long: `close` follows.
    socket.on('error', () => {})
  }

  /** Whether a text sent now goes out. */
  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Sends a text, unless the connection is closing. */
  send(text: string): void {
    if (this.isOpen) this.#socket.send(text)
  }

  /** Sends a text and resolves when it has left this process, or cannot. */
  async sent(text: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#socket.send(text, () => resolve())
    await promise
    this.#sentCount++
  }

  /**
   * Cuts off a peer that lets too much wait.
   *
   * @param heldBytes - bytes that the caller holds back for the same peer
   * @returns whether the connection is still open
   */
  keepsUp(heldBytes = 0): boolean {
    if (!this.isOpen) return false
    const { bufferBytesMax, cutOffReason, onCutOff } = this.#options
    if (this.#socket.bufferedAmount + heldBytes <= bufferBytesMax()) return true
    onCutOff()
    this.#socket.close(closeCodes.policyViolation, cutOffReason)
    // A peer that does not read does not answer the goodbye either.
    this.#socket.terminate()
    return false
  }

  /** Pings; ends a connection that did not answer the last ping. */
  checkAlive(): void {
    // A paused socket does not read the answer.
    if (this.#socket.isPaused) return
    if (!this.#isAlive) {
      this.#socket.terminate()
      return
    }
    this.#isAlive = false
    if (this.isOpen) this.#socket.ping()
  }

  /** Says goodbye after everything that was sent. */
  close(code: number, reason?: string): void {
    this.#socket.close(code, reason)
  }

  /**
   * Ends the connection when nothing moves for `millis`, unless it is closed by then.
   *
   * @param isWorking - whether the caller is about to send more
   */
  terminateWhenStuck(millis: number, isWorking: () => boolean): void {
    const socket = this.#socket
    let [sentCount, bufferedBytes] = [-1, Number.POSITIVE_INFINITY]
    let timer: Timer | undefined
    const look = (): void => {
      const isMoving = this.#sentCount > sentCount || socket.bufferedAmount < bufferedBytes
      if (!isMoving && (socket.bufferedAmount > 0 || !isWorking())) {
        socket.terminate()
        return
      }
      sentCount = this.#sentCount
      bufferedBytes = socket.bufferedAmount
      timer = this.#options.timers.after(millis, look)
    }
    look()
    socket.once('close', () => timer?.cancel())
  }

  /** Ends the connection `millis` from now, unless it is closed by then. */
  terminateIn(millis: number): void {
    const timer = this.#options.timers.after(millis, () => this.#socket.terminate())
    this.#socket.once('close', () => timer.cancel())
  }
}
