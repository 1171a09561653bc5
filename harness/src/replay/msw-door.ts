/**
 * HTTP writebacks answered through MSW: each request is a real `fetch` on the test's thread, which MSW intercepts.
 *
 * A request never reaches the network: what no answer covers has no response and fails the test.
 */
import type { GuestHttpRequest } from '@slung/runtime'
import { http, HttpResponse, type RequestHandler } from 'msw'
import { setupServer, type SetupServer } from 'msw/node'
import { denyDoor, okDoor, type HttpDoor, type HttpOutcome } from './http-door.ts'

/**
 * - MSW handlers: they answer, tried in order
 * - `ok`: every request is answered 200 with an empty body
 * - `deny`: no request gets a response
 * - `fetch`: a plain `fetch`, for a test that listens with a `setupServer` of its own
 * - nothing: like `fetch` while such a server listens, else no answer covers anything
 */
export type HttpAnswers = readonly RequestHandler[] | 'ok' | 'deny' | 'fetch' | undefined

// While nothing intercepts, `fetch` is what it was when this file was loaded.
const nativeFetch = globalThis.fetch

export function openHttpDoor(answers: HttpAnswers): HttpDoor {
  if (answers === 'ok') return okDoor
  if (answers === 'deny') return denyDoor
  if (answers === 'fetch') return { ask: performFetch }
  if (answers !== undefined) return new AnsweringDoor(answers)
  return {
    ask: async (request) =>
      globalThis.fetch === nativeFetch || server !== undefined
        ? { refused: `no answer covers ${request.method} ${request.url}`, unanswered: true }
        : await performFetch(request),
  }
}

/** Answers from MSW handlers: each request is a real `fetch`, which MSW intercepts. */
class AnsweringDoor implements HttpDoor {
  readonly #handlers: readonly RequestHandler[]

  constructor(handlers: readonly RequestHandler[]) {
    this.#handlers = handlers
  }

  async ask(request: GuestHttpRequest): Promise<HttpOutcome> {
    const listening = listen()
    let unanswered = false
    const otherwise = http.all('*', () => {
      unanswered = true
      return HttpResponse.error()
    })
    // A boundary keeps the handlers of runs that go on at the same time apart.
    const outcome = await listening.boundary(async () => {
      listening.use(...this.#handlers, otherwise)
      return await performFetch(request)
    })()
    return unanswered ? { refused: `no answer covers ${request.method} ${request.url}`, unanswered } : outcome
  }
}

let server: SetupServer | undefined

/**
 * The one server of this process, listening from the first request that needs it until the process ends.
 * Starting and stopping it would put a native `fetch` in the place of whatever a test installed in between.
 *
 * @throws {Error} when something else intercepts already: of two interceptors only one would see the requests
 */
function listen(): SetupServer {
  if (server !== undefined) return server
  if (globalThis.fetch !== nativeFetch) {
    throw new Error(
      'replay() was given HTTP answers while another interceptor, such as your own setupServer, listens: ' +
        'pass the answers to one of the two',
    )
  }
  server = setupServer()
  server.listen({ onUnhandledFrame: 'error' })
  return server
}

async function performFetch(request: GuestHttpRequest): Promise<HttpOutcome> {
  // `fetch` refuses a body on GET; the ABI always passes one.
  const body = request.method === 'GET' ? null : Uint8Array.from(request.body)
  try {
    const response = await fetch(request.url, { method: request.method, body })
    return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) }
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
    return { refused: `${request.method} ${request.url} failed: ${String(error)}${cause}`, unanswered: false }
  }
}
