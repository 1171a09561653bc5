/**
 * Who may talk to the runtime: the one gate that every request and every upgrade passes.
 *
 * Without a token the runtime is meant for this machine, and a web page that the user happens to visit is not the user.
 * So requests from pages of other origins are refused, and so are names that do not belong to this machine (a page can
 * make its own name point here).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { oneLine, quoteJson } from '../../engine/text/quote.ts'
import { isLoopback } from '../config/network.ts'

export interface AccessRules {
  readonly token: string | null
  readonly origins: readonly string[]
  /** The address that the runtime listens on. */
  readonly host: string
}

/** The answer to a request that may not pass. */
export interface Denial {
  readonly status: 400 | 401 | 403 | 503
  readonly reason: string
}

/**
 * Values of Sec-Fetch-Site without a page of another origin: a page of this runtime, and an address that the user typed.
 * Browsers send no Origin with what a page embeds or links to, and the page never sees the answer, but it costs as much.
 */
const ownSites: ReadonlySet<string> = new Set(['same-origin', 'none'])

/** @returns `null` when the request may pass */
export function checkAccess(request: IncomingMessage, rules: AccessRules): Denial | null {
  const { authorization, origin, host, 'sec-fetch-site': site } = request.headers
  if ((request.headersDistinct['host']?.length ?? 0) > 1) {
    // RFC 9112, 3.2: of two, a proxy may have looked at the other one.
    return { status: 400, reason: 'the request has several Host headers, expected one' }
  }
  if (rules.token !== null && !isBearer(authorization, rules.token)) {
    const found = authorization === undefined ? 'none was sent' : 'it does not match'
    return { status: 401, reason: `a token is required, and ${found}; send "Authorization: Bearer TOKEN"` }
  }
  if (origin !== undefined && !rules.origins.includes(origin)) {
    return {
      status: 403,
      reason:
        origin === 'null'
          ? 'pages without an origin (a file, a sandboxed frame) are not allowed'
          : `the origin ${quoteJson(origin)} is not allowed; allow it with --allow-origin, or add it to origins`,
    }
  }
  if (origin === undefined && site !== undefined && !ownSites.has(site)) {
    return {
      status: 403,
      reason:
        `a page of another origin asks (Sec-Fetch-Site: ${oneLine(site, 20)}), without saying which; ` +
        'pages must use fetch or a WebSocket',
    }
  }
  if (rules.token === null && isLoopback(rules.host) && !isThisMachine(hostname(host))) {
    return {
      status: 403,
      reason: `the host ${quoteJson(host ?? '')} is not this machine; without a token only names such as localhost are served`,
    }
  }
  return null
}

function isBearer(authorization: string | undefined, token: string): boolean {
  const [, given] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
  // Digests have one length, and the time it takes to compare them reveals nothing about the token.
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

/** The name in a `Host` header, without the port and the brackets of IPv6. */
function hostname(header: string | undefined): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(header ?? '') ?? []
  return (bracketed ?? plain ?? '').toLowerCase()
}

/** Whether a name means this machine, regardless of name servers (RFC 6761 reserves `localhost` and its subdomains). */
function isThisMachine(name: string): boolean {
  return isLoopback(name) || name.endsWith('.localhost')
}
