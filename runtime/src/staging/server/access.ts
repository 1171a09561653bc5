/**
 * Who may talk to the runtime: the one gate that every request and every upgrade passes.
 *
 * Without a token the runtime is meant for this machine, and a web page that the user happens to visit is not the user.
 * So requests from pages of other origins are refused, and so are names that do not belong to this machine (a page can
 * make its own name point here).
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isLoopback } from '../config/network.ts'

export interface AccessRules {
  readonly token: string | null
  readonly origins: readonly string[]
  /** The address that the runtime listens on. */
  readonly host: string
}

/** The answer to a request that may not pass. */
export interface Denial {
  readonly status: 401 | 403
  readonly reason: string
}

/** @returns `null` when the request may pass */
export function checkAccess(request: IncomingMessage, rules: AccessRules): Denial | null {
  const { authorization, origin, host } = request.headers
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
          : `the origin ${JSON.stringify(origin)} is not allowed; start with --allow-origin ${origin}, or add it to origins`,
    }
  }
  if (rules.token === null && isLoopback(rules.host) && !isThisMachine(hostname(host))) {
    return {
      status: 403,
      reason: `the host ${JSON.stringify(host ?? '')} is not this machine; without a token only names such as localhost are served`,
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
