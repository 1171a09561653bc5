/**
 * One WebSocket to a runtime after another: reconnects after a loss, until the runtime refuses for good or the owner
 * stops it. Knows nothing of events: what the last socket did not settle is the owner's to send on the next.
 */
import type { WebSocket } from 'ws'
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'
import { closeCodes } from '../staging/wire/close-codes.ts'
import { backoffMillis } from './backoff.ts'
import { openSocket, type SocketOptions } from './open-socket.ts'
import { formatRuntimeUrl } from './runtime-url.ts'

export interface RuntimeConnectionOptions extends SocketOptions {
  /** Whether to open another socket after a loss. */
  readonly reconnect: boolean
  /** The first wait before that; each one is twice as long. */
  readonly reconnectDelayMillis: number
  /** Uniform in [0, 1). */
  readonly chance: () => number
}

/** What becomes of the connection. */
export interface RuntimeConnectionListener {
  /** A socket is open, and nothing of it has been read. */
  readonly onOpen: () => void
  readonly onText: (text: string) => void
  /** The answer to a ping, with the text of the ping. */
  readonly onPong: (text: string) => void
  /** The socket is lost. @param loss - for people */
  readonly onLost: (loss: string) => void
  /** An attempt to open another one failed; more follow. */
  readonly onRetry: (error: SlungError) => void
  /** No further attempt would get a different answer. */
  readonly onRefused: (error: SlungError) => void
}

/** How long the other side may take to answer the goodbye. */
const goodbyeTimeoutMillis = 2000
/** Another attempt would get the same answer. */
const permanentCodes: ReadonlySet<string> = new Set(['unauthorized', 'forbidden'])

export class RuntimeConnection {
  readonly #options: RuntimeConnectionOptions
  readonly #listener: RuntimeConnectionListener
  /** `null` between two sockets, and after the last. */
  #socket: WebSocket | null = null
  #timer: NodeJS.Timeout | undefined
  /** Attempts to reconnect since the last progress. */
  #attempt = 0
  #isStopped = false

  constructor(options: RuntimeConnectionOptions, listener: RuntimeConnectionListener) {
    this.#options = options
    this.#listener = listener
  }

  /** Takes an open socket into use. */
  use(socket: WebSocket): void {
    const { onOpen, onText, onPong } = this.#listener
    this.#socket = socket
    socket.on('message', (data, isBinary) => {
      if (!isBinary) onText((data as Buffer).toString())
    })
    socket.on('pong', (data) => onPong(data.toString()))
    socket.once('close', (code, reason) => this.#lose(code, reason.toString()))
    onOpen()
    socket.resume()
  }

  /** Sends a frame; between two sockets it does nothing. */
  send(frame: Uint8Array): void {
    this.#socket?.send(frame)
  }

  /** Sends a ping; between two sockets it does nothing. */
  ping(text: string): void {
    this.#socket?.ping(text)
  }

  /** The runtime takes what it is sent: after the next loss, the waits begin with the shortest. */
  noteProgress(): void {
    this.#attempt = 0
  }

  /** Opens no further socket, and reports no loss; the current one stays open. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  /** Ends the current socket without a goodbye. */
  terminate(): void {
    this.#socket?.terminate()
  }

  /** Says goodbye on the current socket. Resolves when it is closed. */
  async goodbye(): Promise<void> {
    const socket = this.#socket
    if (socket === null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.once('close', resolve)
    const timer = setTimeout(() => socket.terminate(), goodbyeTimeoutMillis)
    socket.close(closeCodes.normal)
    await promise
    clearTimeout(timer)
  }

  #lose(code: number, reason: string): void {
    this.#socket = null
    if (this.#isStopped) return
    if (this.#options.reconnect) this.#reconnectLater()
    const said = reason === '' ? `code ${code}` : `${printable(reason)}, code ${code}`
    this.#listener.onLost(`lost the connection to ${formatRuntimeUrl(this.#options.url)} (${said})`)
  }

  #reconnectLater(): void {
    const { reconnectDelayMillis, chance } = this.#options
    const delay = backoffMillis(this.#attempt++, reconnectDelayMillis, chance)
    this.#timer = setTimeout(() => void this.#reconnect(), delay)
  }

  async #reconnect(): Promise<void> {
    try {
      const socket = await openSocket(this.#options)
      if (this.#isStopped) socket.terminate()
      else this.use(socket)
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      if (this.#isStopped) return
      if (permanentCodes.has(error.code)) {
        this.#listener.onRefused(error)
        return
      }
      this.#reconnectLater()
      this.#listener.onRetry(error)
    }
  }
}
