/**
 * Where the HTTP writebacks of a replay go: one door per run, which the test's thread asks for each request.
 *
 * The doors here need no network; those in `msw-door.ts` answer through MSW.
 */
import type { GuestHttpRequest, GuestHttpResponse, Micros } from '@slung/runtime'

/**
 * A response, or why none came. `unanswered` marks a request that no answer covers; `afterMicros` of virtual time pass
 * until the guest has it.
 */
export type HttpOutcome = (GuestHttpResponse | { readonly refused: string; readonly unanswered: boolean }) & {
  readonly afterMicros?: Micros
}

/** What the guest sends, and the headers that the host adds. */
export interface HttpRequest extends GuestHttpRequest {
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export interface HttpDoor {
  ask(request: HttpRequest): Promise<HttpOutcome>
}

/** Answers every request 200 with an empty body. */
export const okDoor: HttpDoor = {
  ask: async (request) => (isHttp(request.url) ? { status: 200, body: new Uint8Array() } : unanswered(request)),
}

/** Denies every request a response. */
export const denyDoor: HttpDoor = {
  ask: async ({ method, url }) => ({
    refused: `${method} ${url} was denied: this replay denies HTTP`,
    unanswered: false,
  }),
}

/** The outcome of a request that no answer covers, such as one to an address that is not `http` or `https`. */
export function unanswered({ method, url }: GuestHttpRequest): HttpOutcome {
  const reason = isHttp(url) ? '' : ': it is not an absolute http or https URL without a user name or password'
  return { refused: `no answer covers ${method} ${url}${reason}`, unanswered: true }
}

export function isHttp(url: string): boolean {
  const parsed = URL.parse(url)
  return parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === ''
}
