/**
 * HTTP writebacks answered through MSW, on the test's thread. A request never reaches the network: what no answer
 * covers has no response and fails the test.
 *
 * Handlers are called directly, without intercepting `fetch`: interception affects the whole process, so a replay would
 * refuse the test's own requests, and hide the test's `setupServer` or be hidden by it.
 */
import type { GuestHttpRequest } from '@slung/runtime'
import { getResponse, isPassthroughResponse, type RequestHandler } from 'msw'
import { courseOf } from './answer-time.ts'
import { denyDoor, isHttp, okDoor, unanswered, type HttpDoor, type HttpOutcome, type HttpRequest } from './http-door.ts'

/**
 * - MSW handlers: they answer, tried in order
 * - `ok`: every request is answered 200 with an empty body
 * - `deny`: no request gets a response
 * - `fetch`: a plain `fetch`, for a test with its own `setupServer`; what that server lets through reaches the network
 * - nothing: no answer covers anything
 */
export type HttpAnswers = readonly RequestHandler[] | 'ok' | 'deny' | 'fetch' | undefined

export function openHttpDoor(answers: HttpAnswers): HttpDoor {
  if (answers === 'ok') return okDoor
  if (answers === 'deny') return denyDoor
  if (answers === 'fetch') return { ask: askFetch }
  const handlers = [...(answers ?? [])]
  return { ask: (request) => askHandlers(request, handlers) }
}

/**
 * An error that a handler throws, such as a failed assertion, is not an answer: it goes to the caller of the replay.
 */
async function askHandlers(request: HttpRequest, handlers: RequestHandler[]): Promise<HttpOutcome> {
  if (!isHttp(request.url)) return unanswered(request)
  const response = await getResponse(handlers, toFetch(request))
  // What a handler would let through to the network counts as unanswered, too.
  if (response === undefined || isPassthroughResponse(response)) return unanswered(request)
  const { afterMicros, reason } = courseOf(response)
  if (response.type === 'error') return { ...failed(request, reason), afterMicros }
  if (response.status < statusMin || response.status > statusMax) {
    throw new RangeError(
      `cannot answer ${request.method} ${request.url}: a handler gave the status ${response.status}, ` +
        `expected one from ${statusMin} to ${statusMax}, as servers end a request with`,
    )
  }
  return { status: response.status, body: await bodyOf(response), afterMicros }
}

/** Below are announcements of an answer, and HTTP/1.1 has no room for more. */
const statusMin = 200
const statusMax = 999

async function askFetch(request: HttpRequest): Promise<HttpOutcome> {
  if (!isHttp(request.url)) return unanswered(request)
  try {
    const response = await fetch(toFetch(request))
    return { status: response.status, body: await bodyOf(response) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return failed(request, `${String(error)}${cause}`)
  }
}

function toFetch({ method, url, headers, body }: HttpRequest): Request {
  // A `Request` refuses a body on GET; the ABI always passes one.
  return new Request(url, { method, headers, body: method === 'GET' ? null : Uint8Array.from(body) })
}

// A handler may return the same response again, and a body can be read only once. Clones cost more than the rest of an
// answer.
const bodies = new WeakMap<Response, Promise<Uint8Array>>()

function bodyOf(response: Response): Promise<Uint8Array> {
  let body = bodies.get(response)
  if (body === undefined) {
    body = response.arrayBuffer().then((bytes) => new Uint8Array(bytes))
    bodies.set(response, body)
  }
  return body
}

function failed({ method, url }: GuestHttpRequest, reason: string): HttpOutcome {
  return { refused: `${method} ${url} failed: ${reason}`, unanswered: false }
}
