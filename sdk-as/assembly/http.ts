/** Writebacks to the outside world: one HTTP request, which the workflow waits for. */
import { slung_http_status, u_writeback_http } from './abi'
import { lend, reclaim, takeText } from './region'
import { lastError } from './result'

const GET: u32 = 0
const POST: u32 = 1
const PUT: u32 = 2
const DELETE: u32 = 3

// Ordinal of the latest request: the host remembers the status of that one only.
let latest: u32 = 0

/** How a request ended. */
export class HttpResult {
  private ordinal: u32 = ++latest
  private knownStatus: u32 = 0

  constructor(
    /** Whether a response arrived with a 2xx status. */
    readonly ok: bool,
    /** The body of a 2xx response as text; empty otherwise. */
    readonly body: string,
  ) {}

  /**
   * The status of the response; 0 when there was none (refused by the host, timed out, not connected).
   *
   * Extension: using it makes the workflow import `slung.http_status`. Read it before the next request; after that,
   * a status not yet read is gone and reads as 0.
   */
  get status(): u32 {
    if (this.knownStatus == 0 && this.ordinal == latest) this.knownStatus = slung_http_status()
    return this.knownStatus
  }

  /** Why it failed, in the host's words; empty when `ok`. Extension, as `lastError`: read it before the next host call. */
  get error(): string {
    return this.ok ? '' : lastError()
  }
}

export function get(url: string): HttpResult {
  return request(GET, url, '')
}

export function post(url: string, body: string): HttpResult {
  return request(POST, url, body)
}

export function put(url: string, body: string): HttpResult {
  return request(PUT, url, body)
}

function remove(url: string, body: string = ''): HttpResult {
  return request(DELETE, url, body)
}

// `delete` cannot name a function, but it can name a member: `http.delete(url)`.
export { remove as delete }

function request(method: u32, url: string, body: string): HttpResult {
  const urlRegion = lend(url)
  const bodyRegion = lend(body)
  const answer = u_writeback_http(urlRegion, bodyRegion, method)
  reclaim(bodyRegion)
  reclaim(urlRegion)
  return new HttpResult(answer != 0, answer == 0 ? '' : takeText(answer))
}
