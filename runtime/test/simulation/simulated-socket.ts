/**
 * A WebSocket on the runtime's side without a network: what `ws` is to connections and recordings, and the client at
 * the other end.
 */
import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import type { VirtualTime } from '../virtual-time.ts'
import { Channel } from './channel.ts'

export interface SocketOptions {
  readonly time: VirtualTime
  readonly protocol: string
  readonly delayMicros: () => number
  /** Called with each text when the runtime sends it. */
  readonly onText: (text: string) => void
}

const [open, closing, closed] = [1, 2, 3]

export class SimulatedSocket extends EventEmitter {
  readonly OPEN = open
  readonly protocol: string
  readonly bufferedAmount = 0
  readyState = open
  isPaused = false
  /** Whether the client has silently gone: it sends nothing, and answers neither pings nor goodbyes. */
  isDead = false
  readonly #options: SocketOptions
  readonly #toRuntime: Channel
  readonly #toClient: Channel
  /** What arrives while the runtime does not read. */
  readonly #unread: (() => void)[] = []

  constructor(options: SocketOptions) {
    super()
    this.protocol = options.protocol
    this.#options = options
    this.#toRuntime = new Channel(options.time, options.delayMicros)
    this.#toClient = new Channel(options.time, options.delayMicros)
  }

  /** In the type that the runtime takes. */
  get asWebSocket(): WebSocket {
    return this as unknown as WebSocket
  }

  /** The client sends. @param onRead - called when the runtime is about to read it */
  clientSends(data: Uint8Array | string, onRead: () => void = () => {}): void {
    this.#arrive(() => {
      onRead()
      this.emit('message', Buffer.from(data as Uint8Array), typeof data !== 'string')
    })
  }

  /** The client closes the connection. */
  clientCloses(): void {
    this.#arrive(() => this.#close())
  }

  send(text: string, sent: () => void = () => {}): void {
    this.#options.onText(text)
    this.#toClient.send(sent)
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.#options.time.atTurnEnd(() => this.#read())
  }

  ping(): void {
    this.#toClient.send(() => this.#arrive(() => this.emit('pong')))
  }

  close(): void {
    if (this.readyState !== open) return
    this.readyState = closing
    // A runtime that does not read does not see the answer either; Node closes the socket nevertheless.
    this.#toClient.send(() => {
      if (!this.isDead) this.#toRuntime.send(() => this.#close())
    })
  }

  terminate(): void {
    this.#options.time.atTurnEnd(() => this.#close())
  }

  #arrive(event: () => void): void {
    if (this.isDead) return
    this.#toRuntime.send(() => {
      this.#unread.push(event)
      this.#read()
    })
  }

  #read(): void {
    while (!this.isPaused && this.readyState !== closed) {
      const event = this.#unread.shift()
      if (event === undefined) return
      event()
    }
  }

  #close(): void {
    if (this.readyState === closed) return
    this.readyState = closed
    this.emit('close')
  }
}
