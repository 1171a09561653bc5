/** Connects to a runtime: the way to a `SlungClient`. */
import { ackProtocol } from '../staging/wire/server-message.ts'
import { parseToken } from '../staging/wire/token.ts'
import type { SlungError } from '../engine/model/slung-error.ts'
import { openSocket } from './open-socket.ts'
import { parseRuntimeUrl, runtimeUrlDefault } from './runtime-url.ts'
import { SlungClient } from './slung-client.ts'

/** How a client behaves; every part may be left out. */
export interface ConnectOptions {
  /** The token of the runtime, if it has one. */
  readonly token?: string
  /** Whether a lost connection is opened again, and what is not settled sent again. Default: true. */
  readonly reconnect?: boolean
  /** Receives writebacks from the first one on; see `SlungClient.onWriteback`. */
  readonly onWriteback?: (text: string) => void
  /**
   * Receives what no call can report: an event that was refused (`EventRefusedError`), a lost connection, a failed attempt to
   * connect again. Unless given, they are printed as warnings of the process.
   */
  readonly onError?: (error: SlungError) => void
  /** Most events that may be unsettled; `send` throws beyond. Default: 1,000,000, which is about 100 MB of memory. */
  readonly unacknowledgedEventsMax?: number
  /** How long the runtime may take to answer. Default: 10 seconds. */
  readonly connectTimeoutMillis?: number
  /** The first wait before connecting again; each one is twice as long, up to half a minute. Default: 100. */
  readonly reconnectDelayMillis?: number
  /** Uniform in [0, 1); spreads those waits. Default: `Math.random`. */
  readonly chance?: () => number
}

/**
 * Opens a connection, which is a producer of its own for workflows.
 *
 * @param url - `ws:`, `wss:`, `http:` or `https:`. Default: the environment variable SLUNG_URL, or else ws://127.0.0.1:2077
 * @throws {SlungError} `bad-url`, `bad-token`, `cannot-connect`, `unauthorized`, `forbidden`, `too-many-connections`.
 *   The first connection is tried once, also with `reconnect`.
 *
 * @example
 * await using client = await connect()
 * client.onWriteback((text) => console.log(text))
 * client.send({ series: 'temp', timestamp: nowMicros(), value: 21.5, tags: ['sensor=1'] })
 * await client.acknowledged()
 */
export async function connect(
  url: string = process.env['SLUNG_URL'] ?? runtimeUrlDefault,
  options: ConnectOptions = {},
): Promise<SlungClient> {
  const socketOptions = {
    url: parseRuntimeUrl(url),
    token: options.token === undefined ? null : parseToken(options.token),
    protocol: ackProtocol,
    connectTimeoutMillis: options.connectTimeoutMillis ?? 10_000,
  }
  return new SlungClient(await openSocket(socketOptions), {
    ...socketOptions,
    reconnect: options.reconnect ?? true,
    onWriteback: options.onWriteback ?? null,
    onError: options.onError ?? warn,
    unacknowledgedEventsMax: options.unacknowledgedEventsMax ?? 1_000_000,
    reconnectDelayMillis: options.reconnectDelayMillis ?? 100,
    chance: options.chance ?? Math.random,
  })
}

function warn(error: SlungError): void {
  process.emitWarning(error.message, { type: 'SlungWarning', code: error.code })
}
