/** Redirects, followed by hand as in the fetch standard (https://fetch.spec.whatwg.org/#http-redirect-fetch). */
import type { HttpMethod } from '../../engine/model/timeline.ts'
import { HostRefusal } from '../../guest/contract/guest-host.ts'

/** One request on its way: the guest's own, or what a redirect turned it into. */
export interface Hop {
  readonly method: HttpMethod
  readonly url: URL
  readonly body: Uint8Array
}

/**
 * The request that an answer redirects to; `null` for a final answer.
 *
 * 303 turns everything into a GET without a body, 301 and 302 do so with a POST; otherwise method and body stay.
 * The caller decides whether the target may be reached.
 *
 * @throws {HostRefusal} when the target is not a URL
 */
export function redirectOf(hop: Hop, status: number, location: string | null): Hop | null {
  if (!redirectStatuses.has(status) || location === null) return null
  const url = URL.parse(location, hop.url.href)
  if (url === null) throw new HostRefusal(`the answer ${status} redirects to something that is not a URL`)
  const becomesGet = status === 303 || (status !== 307 && status !== 308 && hop.method === 'POST')
  return becomesGet ? { method: 'GET', url, body: noBody } : { ...hop, url }
}

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const noBody = new Uint8Array(0)
