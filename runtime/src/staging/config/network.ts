/** Addresses to listen on and origins of web pages. */
import { BlockList, isIP } from 'node:net'
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'

/**
 * Returns the address or name unchanged.
 *
 * @throws {SlungError} `bad-host` for anything else, such as a URL or an address with a port
 */
export function parseHost(host: string): string {
  if (isIP(host) !== 0 || /^[\w.-]+$/.test(host)) return host
  throw new SlungError(
    'bad-host',
    `the host is ${quote(host)}, expected an address or a name alone, such as 127.0.0.1, ::1 or localhost`,
  )
}

/**
 * Returns an origin as browsers write it: lower case, without the port that the scheme implies.
 *
 * @throws {SlungError} `bad-origin`
 */
export function parseOrigin(origin: string): string {
  const url = URL.parse(origin)
  const isOrigin =
    url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` && !/[?#]/.test(origin)
  if (isOrigin) return url.origin
  // The part before an @ may be a password.
  const found = origin.includes('@') ? 'an address with @' : quote(origin)
  throw new SlungError(
    'bad-origin',
    `the origin is ${found}, expected a scheme and a host, such as https://ops.example.com`,
  )
}

/** Whether only this machine can reach a port on that host. A name other than `localhost` may stand for any address. */
export function isLoopback(host: string): boolean {
  const version = isIP(host)
  if (version === 0) return host.toLowerCase() === 'localhost'
  return loopback.check(host, version === 4 ? 'ipv4' : 'ipv6')
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')
