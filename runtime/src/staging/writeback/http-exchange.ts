/**
 * One HTTP request and its answer, over `node:http`.
 *
 * `fetch` would not do: it is made for pages in a browser, and keeps from them what a workflow should know. It turns
 * status 407 into an error without a reason, and sends a request a second time after status 421.
 */
import { request as requestPlain, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { request as requestSecure } from 'node:https'
import type { LookupFunction } from 'node:net'
import { pipeline, Readable } from 'node:stream'
import type { HttpMethod } from '../../engine/model/timeline.ts'
import { acceptedEncodings, decodersOf } from './content-encoding.ts'

export interface HttpExchange {
  readonly method: HttpMethod
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Empty = none is sent. */
  readonly body: Uint8Array
  /** Finds the addresses of the URL's name. */
  readonly lookup: LookupFunction
}

/** The head of an answer, and what follows it. */
export interface HttpAnswer {
  readonly status: number
  readonly location: string | null
  /**
   * Decompressed. Read it to its end, or destroy it: leaving `for await` early does so, and closes the connection. It
   * fails when the answer is not complete, or not compressed as it claims.
   */
  readonly body: Readable
}

/**
 * Resolves with the head of the answer, whatever its status. Connections are kept for the next request, and go through
 * the proxy of the environment where `NODE_USE_ENV_PROXY` says so.
 *
 * @param stop - gives up, also while the body is read
 * @throws what `lookup`, `node:http`, `node:net` and `node:tls` report
 */
export async function exchangeHttp(
  { method, url, headers, body, lookup }: HttpExchange,
  stop: AbortSignal,
): Promise<HttpAnswer> {
  const requestHttp = url.protocol === 'https:' ? requestSecure : requestPlain
  const request = requestHttp(url, {
    method,
    headers: { ...usualHeaders, ...headers, ...lengthOf(method, body) },
    lookup,
    signal: stop,
  })
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  // An error after the answer has begun reaches whoever reads its body; this one is then too late to matter.
  request.on('error', reject)
  request.on('response', resolve)
  // The end of HTTP on this connection.
  request.on('upgrade', (_, socket) => {
    socket.destroy()
    reject(new Error('it answered 101 (switching protocols) to a request that did not ask for it'))
  })
  request.end(body)
  const response = await promise
  return { status: response.statusCode!, location: response.headers.location ?? null, body: bodyOf(response) }
}

/** What `fetch` sends, too. */
const usualHeaders: OutgoingHttpHeaders = {
  accept: '*/*',
  'accept-language': '*',
  'sec-fetch-mode': 'cors',
  'accept-encoding': acceptedEncodings,
}

/** Without it, Node marks the body of a DELETE by nothing, and the server takes it for the next request. */
function lengthOf(method: HttpMethod, { length }: Uint8Array): OutgoingHttpHeaders {
  return length > 0 || method === 'POST' || method === 'PUT' ? { 'content-length': length } : {}
}

/** A status 205 says that there is nothing to read, and what a server sends all the same is not read. */
const emptyStatus = 205

function bodyOf(response: IncomingMessage): Readable {
  if (response.statusCode === emptyStatus) {
    response.destroy()
    return Readable.from([])
  }
  const decoders = decodersOf(response.headers['content-encoding'])
  if (decoders.length === 0) return response
  // The reader of the last stream hears of every error.
  return pipeline([response, ...decoders], () => {}) as unknown as Readable
}
