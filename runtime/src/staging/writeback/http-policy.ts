/**
 * Which URLs a workflow may reach: the patterns of `--allow-http` and of `[http] allow`, as values and as one question.
 *
 * The URL alone decides, after the WHATWG URL standard has normalised it (letter case, punycode, the many ways to write
 * an IPv4 address, dot segments). What a name stands for is judged where a request connects: `address-policy.ts`.
 */
import { SlungError } from '../../engine/model/slung-error.ts'
import { printable } from '../../engine/text/printable.ts'
import { quote } from '../../engine/text/quote.ts'

/** One entry of an allow list. */
export type AllowPattern = AllowEverything | AllowHost

/** The pattern `*`. */
export interface AllowEverything {
  readonly kind: 'everything'
}

export interface AllowHost {
  readonly kind: 'host'
  /** `null` = https and http. */
  readonly scheme: 'https:' | 'http:' | null
  /** In the form of `URL.hostname`: lower case, punycode, IPv6 in brackets. */
  readonly hostname: string
  /** Whether it means all names below `hostname`, at any depth, but not `hostname` itself. */
  readonly subdomains: boolean
  /** `null` = the default port of the URL's scheme. */
  readonly port: number | null
  /**
   * In the form of `URL.pathname`. With a final slash: everything under it. Without: that path and everything under it.
   */
  readonly path: string
}

/**
 * Reads one pattern: `hooks.example.com`, `hooks.example.com:8443`, `*.example.com`, `127.0.0.1:9000`, `[::1]:9000`,
 * `https://api.example.com/v1/`, or `*` for everything.
 *
 * @throws {SlungError} `bad-allow-pattern`
 */
export function parseAllowPattern(text: string): AllowPattern {
  if (text === '*') return { kind: 'everything' }
  const slip = findSlip(text)
  if (slip !== null) throw badPattern(text, slip)
  const parts = patternForm.exec(text)
  if (parts === null) throw badPattern(text, `expected ${forms}`)
  const [, scheme, wildcard, host, port, path] = parts as unknown as PatternParts
  if (path !== undefined && scheme === undefined) {
    throw badPattern(text, `a path needs a scheme, such as https://${text}`)
  }
  const hostname = normaliseHost(host)
  if (hostname === null) throw badPattern(text, `${quote(host)} is not a host name; expected ${forms}`)
  if (wildcard !== undefined && isAddress(hostname)) {
    throw badPattern(text, 'only names have subdomains; write addresses in full')
  }
  if (port !== undefined && Number(port) > portMax) throw badPattern(text, `the highest port is ${portMax}`)
  const protocol = scheme === undefined ? null : (`${scheme.toLowerCase()}:` as 'https:' | 'http:')
  return {
    kind: 'host',
    scheme: protocol,
    hostname,
    subdomains: wildcard !== undefined,
    port: port === undefined ? null : Number(port),
    path: new URL(`http://host${path ?? '/'}`).pathname,
  }
}

/** Whether any of the patterns covers a URL. Never for a scheme other than https and http. */
export function isAllowed(url: URL, patterns: readonly AllowPattern[]): boolean {
  if (!isHttp(url)) return false
  return patterns.some((pattern) => pattern.kind === 'everything' || covers(pattern, url))
}

/** The pattern to add for a URL that is not allowed: its host, or its path where the host is allowed in part. */
export function suggestPattern(url: URL, patterns: readonly AllowPattern[]): string {
  const inPart = patterns.some(
    (pattern) => pattern.kind === 'host' && pattern.scheme !== null && coversHost(pattern, url.hostname),
  )
  const readable = !climbs(url.pathname) && !url.pathname.includes('*')
  return inPart && readable ? `${url.origin}${url.pathname}` : url.host
}

export function isHttp(url: URL): boolean {
  return url.protocol === 'https:' || url.protocol === 'http:'
}

/** The port of an http or https URL, stated or implied. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function covers(pattern: AllowHost, url: URL): boolean {
  if (pattern.scheme !== null && pattern.scheme !== url.protocol) return false
  if (!coversHost(pattern, url.hostname)) return false
  if (pattern.port === null ? url.port !== '' : pattern.port !== portOf(url)) return false
  return coversPath(pattern.path, url.pathname)
}

function coversHost({ hostname, subdomains }: AllowHost, found: string): boolean {
  if (!subdomains) return found === hostname
  return found.length > hostname.length + 1 && found.endsWith(`.${hostname}`)
}

function coversPath(prefix: string, path: string): boolean {
  if (prefix === '/') return true
  if (climbs(path)) return false
  return path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
}

/**
 * Whether a server may find `..` in a path: `URL` has resolved the plain ones, but `/v1/..%2fadmin` is one segment to
 * it and three to a server that decodes first. Decoding is repeated because of proxies that decode before the server
 * does, and takes in what some decoders do beyond the standard: `%u002e`, and characters that stand for a dot.
 */
function climbs(path: string): boolean {
  let read = path
  for (let pass = 0; pass < decodingsMax; pass++) {
    if (overlong.test(read)) return true
    const decoded = read
      .replaceAll(/%u([\da-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
      .replaceAll(/(?:%[\da-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    if (decoded === read) return up.test(read.normalize('NFKC'))
    read = decoded
  }
  return true
}

/**
 * The beginning of a character in more bytes of UTF-8 than it takes, which decoders must refuse and some do not: `%c0%ae`
 * is a dot to them.
 */
const overlong = /%(?:c[01]|e0%[0-9]|f0%[0-8]|f[89a-f])/i

// Dots followed by anything count too: some servers cut off `;…`, spaces or a zero byte before they look. The slashes
// beyond ASCII are those that converting to an older character set turns into one.
const up = /[/\\\u2044\u2215\u2216\u29f5\u29f8]\.\./

// No path is encoded this often in good faith, and each pass over a long path has its price.
const decodingsMax = 8

/** Says what is probably wrong with a text that is not a pattern; `null` when nothing is obvious. */
function findSlip(text: string): string | null {
  const [, authority = '', path = ''] = /^(?:[^/]*:\/\/)?([^/]*)(.*)$/s.exec(text) ?? []
  if (text === '') return `it is empty; expected ${forms}`
  if (/[\s,]/.test(authority) || /\s/.test(text)) return 'it is more than one word; give each pattern on its own'
  const scheme = /^(https?)(?::\/?|\/+)(?!\/)(.*)$/is.exec(text)
  if (scheme !== null) return `did you mean ${scheme[1]!.toLowerCase()}://${scheme[2]}`
  if (/^[^/]*:\/\//.test(text) && !/^https?:/i.test(text)) return 'only https and http are supported'
  if (authority.includes('@')) return 'it contains a user name or password, which are never sent; leave them out'
  if (/[?#]/.test(text)) return 'a pattern ends with the path; leave out what starts with ? or #'
  if (text.includes('\\')) return 'expected / for \\'
  if (authority.startsWith('*:')) return 'a port needs a host; * alone allows everything'
  if (authority.replace(/^\*\./, '').includes('*'))
    return 'a wildcard stands for whole names at the front: *.example.com'
  if (path.includes('*')) return 'a path stands for everything under it; leave out the *'
  if (climbs(path)) return 'a path may not contain ..'
  if (/^[^[]*:[^/]*:/.test(authority)) return 'an IPv6 address is written in brackets, such as [::1]:9000'
  return null
}

/** Returns the host in the form of `URL.hostname`; `null` for anything else. */
function normaliseHost(text: string): string | null {
  const url = URL.parse(`http://${text}/`)
  // Empty labels pass the standard, but no such name exists.
  return url === null || /^\.|\.\./.test(url.hostname) ? null : url.hostname
}

function isAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^[\d.]+$/.test(hostname)
}

function badPattern(text: string, problem: string): SlungError {
  // The part before an @ may be a password.
  const found = text.includes('@') ? 'an address with @' : quote(text)
  return new SlungError('bad-allow-pattern', `cannot match URLs with ${found}: ${printable(problem)}`)
}

type PatternParts = readonly [
  text: string,
  scheme: string | undefined,
  wildcard: string | undefined,
  host: string,
  port: string | undefined,
  path: string | undefined,
]

const patternForm = /^(?:(https?):\/\/)?(\*\.)?(\[[^\]/]*\]|[^:/[\]]+)(?::(\d{1,5}))?(\/.*)?$/i

const forms = 'a host, a host:port, *.domain, or https://host/path/'

const portMax = 65_535
