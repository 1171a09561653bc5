/**
 * The sockets of the runtime: HTTP and the upgrade to WebSocket on one port, behind one gate (`access.ts`).
 *
 * Everything that a client may draw out is bounded in time and size, so that an open connection costs the runtime
 * little.
 */
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Timers } from '../system/clock.ts'
import { checkAccess, type AccessRules, type Denial } from './access.ts'
import type { Answer } from './answer.ts'
import { SocketPlaces } from './socket-places.ts'

/** A path where WebSockets open. */
export interface SocketDoor {
  /** The subprotocol that clients may request. */
  readonly protocol: string
  /** Whether clients must request it. */
  readonly isProtocolRequired: boolean
  /** Why no connection of this address can open now, and when to try again if that is known; `null` when one can. */
  readonly refuse: (address: string) => string | { readonly reason: string; readonly retryAfterSeconds: number } | null
  readonly onConnection: (socket: WebSocket, url: URL) => void
}

export interface HttpServerOptions {
  readonly access: AccessRules
  readonly port: number
  readonly timers: Pick<Timers, 'after'>
  readonly frameBytesMax: number
  /** Open sockets of which no request has passed the gate. */
  readonly strangersMax: number
  /** @param isTrusted - whether the request has passed the gate */
  readonly answer: (request: IncomingMessage, url: URL, isTrusted: boolean) => Answer | Promise<Answer>
  /** Paths at which everybody gets an answer. */
  readonly openPaths: ReadonlySet<string>
  /** By path. */
  readonly doors: Readonly<Record<string, SocketDoor>>
  /** A request or upgrade that was turned away; `url` is without its query. */
  readonly onDenied: (url: string, status: number, reason: string) => void
  /** A bug: the request was answered with 500. */
  readonly onError: (error: unknown) => void
}

/** The server gives up on a head that is incomplete after this: a client that trickles bytes holds nothing. */
const headersTimeoutMillis = 10_000
/** The longest a request may take, body included. */
const requestTimeoutMillis = 300_000
const keepAliveTimeoutMillis = 5000
/** Sockets whose requests pass; WebSockets are bounded by their doors. */
const requestSocketsMax = 256
/** For requests in flight, and for connections that never sent one. */
const closeTimeoutMillis = 1000

const noPlace: Denial = {
  status: 503,
  reason: `${requestSocketsMax} connections with requests are being served, which is the limit; try again`,
}

export class HttpServer {
  readonly #options: HttpServerOptions
  readonly #server: Server
  readonly #sockets: WebSocketServer
  readonly #places: SocketPlaces

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.#server = createServer({
      headersTimeout: headersTimeoutMillis,
      requestTimeout: requestTimeoutMillis,
      keepAliveTimeout: keepAliveTimeoutMillis,
      connectionsCheckingInterval: 5000,
      // Other upgrades, such as h2c, may be ignored, which makes the request an ordinary one (RFC 9110, 7.8).
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    })
    this.#places = new SocketPlaces({ strangersMax: options.strangersMax, guestsMax: requestSocketsMax })
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      maxPayload: options.frameBytesMax,
      perMessageDeflate: false,
      handleProtocols: (protocols, request) => {
        const protocol = this.#doorAt(parseTarget(request))?.protocol
        return protocol !== undefined && protocols.has(protocol) ? protocol : false
      },
    })
    this.#server.on('connection', (socket) => this.#places.open(socket))
    this.#server.on('request', (request, response) => void this.#respond(request, response))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
  }

  /** Sockets closed so far, before a request of them had passed, to make room for others. */
  get strangersClosed(): number {
    return this.#places.evictedCount
  }

  /** @returns the port. @throws {SlungError} `cannot-listen` */
  async listen(): Promise<number> {
    const { access, port } = this.#options
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#server.once('error', reject)
    this.#server.listen({ host: access.host, port }, resolve)
    try {
      await promise
    } catch (error) {
      throw new SlungError('cannot-listen', describeListenError(error as NodeJS.ErrnoException, access.host, port), {
        cause: error,
      })
    }
    this.#server.off('error', reject)
    return (this.#server.address() as AddressInfo).port
  }

  /**
   * Takes no new connection; resolves when all are gone. Requests in flight have a second; the owner closes upgraded
   * ones.
   */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.close(() => resolve())
    this.#server.closeIdleConnections()
    const force = this.#options.timers.after(closeTimeoutMillis, () => this.#server.closeAllConnections())
    await promise
    force.cancel()
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that leaves before its answer is not an error.
    response.on('error', () => {})
    let answer: Answer
    try {
      answer = await this.#answer(request, response)
    } catch (error) {
      this.#options.onError(error)
      answer = { status: 500, body: { error: 'the runtime failed to answer; its log says why' } }
    }
    const { status, body, contentType = 'application/json', headers = {} } = answer
    const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
    response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text), ...headers })
    response.end(text)
    // Reads the rest of the body: a client that still sends would not see the answer otherwise.
    if (!request.complete) request.resume()
  }

  #answer(request: IncomingMessage, response: ServerResponse): Answer | Promise<Answer> {
    const { access, answer, openPaths, onDenied } = this.#options
    const { socket } = request
    const url = parseTarget(request)
    if (url === null) return { status: 400, body: { error: 'the target of the request is not a path' } }
    const denial = checkAccess(request, access) ?? (this.#places.enter(socket) ? null : noPlace)
    if (denial === null) {
      response.once('close', () => this.#places.rest(socket))
      return answer(request, url, true)
    }
    // Its socket stays in its place among strangers.
    if (openPaths.has(url.pathname) && denial.status !== 400) return answer(request, url, false)
    onDenied(url.pathname, denial.status, denial.reason)
    const headers = denial.status === 401 ? { 'www-authenticate': 'Bearer' } : {}
    return { status: denial.status, body: { error: denial.reason }, headers }
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { access, doors, onDenied } = this.#options
    socket.on('error', () => {})
    const target = parseTarget(request)
    const refuse = (status: number, reason: string, header = ''): void => {
      onDenied(target?.pathname ?? '', status, reason)
      const body = `${JSON.stringify({ error: reason })}\n`
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n${header}\r\n${body}`,
        // The server has let go of this socket: nothing else would close it.
        () => socket.destroy(),
      )
    }
    const denial = checkAccess(request, access)
    if (denial !== null) {
      refuse(denial.status, denial.reason)
      return
    }
    const door = this.#doorAt(target)
    if (target === null || door === undefined) {
      refuse(404, `WebSockets open at ${Object.keys(doors).join(' and ')}`)
      return
    }
    if (door.isProtocolRequired && !asksFor(request, door.protocol)) {
      refuse(400, `${target.pathname} speaks the subprotocol ${door.protocol}; ask for it`)
      return
    }
    const busy = door.refuse(request.socket.remoteAddress ?? '')
    if (busy !== null) {
      if (typeof busy === 'string') refuse(503, busy)
      else refuse(429, busy.reason, `retry-after: ${busy.retryAfterSeconds}\r\n`)
      return
    }
    this.#places.leave(request.socket)
    this.#sockets.handleUpgrade(request, socket, head, (opened) => door.onConnection(opened, target))
  }

  #doorAt(target: URL | null): SocketDoor | undefined {
    const { doors } = this.#options
    return target !== null && Object.hasOwn(doors, target.pathname) ? doors[target.pathname] : undefined
  }
}

function asksFor({ headers }: IncomingMessage, protocol: string): boolean {
  return (headers['sec-websocket-protocol'] ?? '').split(',').some((asked) => asked.trim() === protocol)
}

/** The target of a request as a URL; `null` when it is not a path. */
function parseTarget(request: IncomingMessage): URL | null {
  return URL.parse(request.url ?? '/', 'http://runtime')
}

function describeListenError(error: NodeJS.ErrnoException, host: string, port: number): string {
  const where = `${host}:${port}`
  switch (error.code) {
    case 'EADDRINUSE':
      return `cannot listen on ${where}: another program is listening there; stop it, or choose another port (--port)`
    case 'EADDRNOTAVAIL':
      return `cannot listen on ${where}: this machine has no such address`
    case 'EACCES':
      return `cannot listen on ${where}: not permitted; ports below 1024 are for privileged users`
    case 'ENOTFOUND':
      return `cannot listen on ${where}: the name ${JSON.stringify(host)} is unknown`
    default:
      return `cannot listen on ${where}: ${error.message}`
  }
}
