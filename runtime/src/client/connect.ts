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
  /** Whether to reconnect after a loss, and to resend what is not settled. Default: true. */
  readonly reconnect?: boolean
  /** Receives writebacks from the first one on; see `SlungClient.onWriteback`. */
  readonly onWriteback?: (text: string) => void
  /**
   * Receives what no call can report: a refused event (`EventRefusedError`), a lost connection, a failed attempt to
   * reconnect. Default: prints them as warnings of the process.
   */
  readonly onError?: (error: SlungError) => void
  /**
   * Most events that may be unsettled; beyond it, `send` throws. Default: 1,000,000, which is about 100 MB of memory.
   */
  readonly unacknowledgedEventsMax?: number
  /** How long the runtime may take to answer. Default: 10 seconds. */
  readonly connectTimeoutMillis?: number
  /** The first wait before reconnecting; each one is twice as long, up to half a minute. Default: 100. */
  readonly reconnectDelayMillis?: number
  /** Uniform in [0, 1); spreads those waits. Default: `Math.random`. */
  readonly chance?: () => number
}

/**
 * Opens a connection, which workflows see as its own producer.
 *
 * @param url - `ws:`, `wss:`, `http:` or `https:`. Default: the environment variable SLUNG_URL, or ws://127.0.0.1:2077
 * @throws {SlungError} `bad-url`, `bad-token`, `cannot-connect`, `unauthorized`, `forbidden`, `too-many-connections`.
 *   The first connection is tried once, even with `reconnect`.
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
