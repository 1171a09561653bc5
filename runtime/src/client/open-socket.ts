/** Opens one WebSocket to a runtime, or says why that was not possible. */
import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { failedUpgrade, refusedUpgrade } from './connect-error.ts'
import { formatRuntimeUrl } from './runtime-url.ts'

export interface SocketOptions {
  readonly url: URL
  /** Sent as `Authorization: Bearer`; `null` = none. */
  readonly token: string | null
  /** The subprotocol; a server that does not speak it is refused. */
  readonly protocol: string
  /** How long the runtime may take to answer. */
  readonly connectTimeoutMillis: number
}

/** As much of an answer as an error message can use. */
const reasonBytesMax = 4096
/**
 * The client notices that the runtime's machine is gone after this and a few unanswered probes of the operating system.
 */
const keepAliveMillis = 30_000

/**
 * Resolves with a socket that reads nothing until it is resumed: the first messages of the other side wait for a
 * listener.
 *
 * @throws {SlungError} `cannot-connect`, `unauthorized`, `forbidden`, `too-many-connections`
 */
export async function openSocket({ url, token, protocol, connectTimeoutMillis }: SocketOptions): Promise<WebSocket> {
  const where = formatRuntimeUrl(url)
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>()
  const socket = new WebSocket(url, [protocol], {
    // Frames are dense already; compressing them would cost more than sending them to a runtime nearby.
    perMessageDeflate: false,
    handshakeTimeout: connectTimeoutMillis,
    ...(token !== null && { headers: { authorization: `Bearer ${token}` } }),
  })
  socket.once('open', () => {
    socket.pause()
    resolve(socket)
  })
  socket.once('upgrade', (response) => response.socket.setKeepAlive(true, keepAliveMillis))
  socket.once('unexpected-response', (_request, response: IncomingMessage) => {
    const { statusCode = 0 } = response
    void readReason(response).then((reason) => {
      reject(refusedUpgrade(where, statusCode, reason, token !== null))
      socket.terminate()
    })
  })
  // Stays for the life of the socket, whose `close` event reports the rest.
  socket.on('error', (error) => reject(failedUpgrade(where, error, protocol)))
  return promise
}

/** The `error` of a JSON answer; `''` when it has none. */
async function readReason(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk as string
      if (text.length > reasonBytesMax) return ''
    }
    const body = JSON.parse(text) as { error?: unknown } | null
    return typeof body?.error === 'string' ? body.error : ''
  } catch {
    return ''
  }
}
