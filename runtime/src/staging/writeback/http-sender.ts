/**
 * Outgoing HTTP of one workflow: takes what a guest asks for, and sends what the policy allows.
 *
 * Everything that limits a request is here: the allow list (checked again at every redirect), the address it connects
 * to, one deadline for the whole exchange, the cap on the answer. Nothing is sent twice: a missing answer is a refusal,
 * and the guest decides what to do.
 */
import { lookup as lookUp } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { HttpPolicyConfig } from '../config/runtime-config.ts'
import type { Timers } from '../system/clock.ts'
import { packageVersion } from '../system/package-version.ts'
import { HostRefusal, type GuestHttpRequest, type GuestHttpResponse } from '../../guest/contract/guest-host.ts'
import { AddressPolicy } from './address-policy.ts'
import { blockedPorts } from './blocked-ports.ts'
import { contentTypeOf } from './content-type.ts'
import { headersFor, parseHeaderRule, type HeaderRule } from './header-rules.ts'
import { exchangeHttp, type HttpAnswer, type HttpExchange } from './http-exchange.ts'
import { isAllowed, isHttp, parseAllowPattern, portOf, suggestPattern, type AllowPattern } from './http-policy.ts'
import { redirectOf, type Hop } from './http-redirect.ts'
import { describeNetworkError } from './network-error.ts'
import { redactUrl } from './redact-url.ts'

/** No complete answer arrived in time. */
export class HttpTimeout extends HostRefusal {
  /** The time limit. */
  readonly millis: number

  constructor(message: string, millis: number) {
    super(message)
    this.millis = millis
  }
}

export class HttpSender {
  readonly #policy: HttpPolicyConfig
  readonly #timers: Pick<Timers, 'after'>
  readonly #allow: readonly AllowPattern[]
  /** The patterns that say http: where a redirect from https may lead. */
  readonly #allowPlain: readonly AllowPattern[]
  readonly #headerRules: readonly HeaderRule[]
  readonly #lookup: LookupFunction

  /**
   * @param lookup - finds the addresses of a name
   * @throws {SlungError} `bad-allow-pattern`, `bad-address-range`, `bad-request-header`
   */
  constructor(policy: HttpPolicyConfig, timers: Pick<Timers, 'after'>, lookup: LookupFunction = lookUp) {
    this.#policy = policy
    this.#timers = timers
    this.#headerRules = policy.with.map(parseHeaderRule)
    this.#lookup = new AddressPolicy(policy).restrict(lookup)
    this.#allow = policy.allow.map(parseAllowPattern)
    this.#allowPlain = this.#allow.filter((pattern) => pattern.kind === 'host' && pattern.scheme === 'http:')
  }

  /**
   * Sends one request, follows its redirects, and resolves with the last answer: any status, with its whole body.
   * The body of a GET is left out: the ABI passes one with every method, and HTTP has no use for it.
   *
   * @param signal - gives up; the promise then rejects with the signal's reason, as it is
   * @throws {HostRefusal} when no answer comes, or the guest may not have it; its text contains no query string.
   *   `HttpTimeout` when the answer did not come in time
   */
  async send(request: GuestHttpRequest, signal?: AbortSignal): Promise<GuestHttpResponse> {
    signal?.throwIfAborted()
    const stop = new AbortController()
    const abort = () => stop.abort()
    const timer = this.#timers.after(this.#policy.timeoutMillis, abort)
    signal?.addEventListener('abort', abort)
    try {
      return await this.#exchange(request, stop.signal)
    } catch (error) {
      if (signal?.aborted === true) throw signal.reason
      if (!(error instanceof HostRefusal)) throw error
      const text = `cannot send ${request.method} to "${redactUrl(request.url)}": ${error.message}`
      throw stop.signal.aborted ? new HttpTimeout(text, this.#policy.timeoutMillis) : new HostRefusal(text)
    } finally {
      timer.cancel()
      signal?.removeEventListener('abort', abort)
    }
  }

  /** @throws {HostRefusal} with the reason alone */
  async #exchange(request: GuestHttpRequest, stop: AbortSignal): Promise<GuestHttpResponse> {
    const url = URL.parse(request.url)
    if (url === null) throw new HostRefusal('it is not a URL; expected one such as https://hooks.example.com/alerts')
    let hop: Hop = { ...request, url }
    let place = ''
    let headers = headersFor(url, this.#headerRules)
    let isAtHome = true
    this.#assertAllowed(url)
    for (let redirectCount = 0; ; redirectCount++) {
      const answer = await this.#ask(hop, headers, place, stop)
      if (!('hop' in answer)) return answer
      const next = answer.hop
      const target = redactUrl(next.url.href)
      if (redirectCount === this.#policy.redirectsMax) {
        throw new HostRefusal(`it was redirected more than ${redirectCount} times, finally to "${target}"`)
      }
      place = `it was redirected to "${target}": `
      this.#assertAllowed(next.url, place, hop.url)
      // Not even those that the target would get by itself: it is a server that asks for this request.
      isAtHome &&= next.url.origin === url.origin
      headers = isAtHome ? headersFor(next.url, this.#headerRules) : {}
      hop = next
    }
  }

  /** Sends one hop. Resolves with its answer or with the hop that it redirects to. */
  async #ask(
    hop: Hop,
    headers: Readonly<Record<string, string>>,
    place: string,
    stop: AbortSignal,
  ): Promise<GuestHttpResponse | { readonly hop: Hop }> {
    try {
      const answer = await exchangeHttp({ ...exchangeOf(hop, headers), lookup: this.#lookup }, stop)
      try {
        const next = redirectOf(hop, answer.status, answer.location)
        return next === null ? { status: answer.status, body: await this.#read(answer) } : { hop: next }
      } finally {
        // Closes what was not read: the body of a redirect, which may never end, and the rest of a refused answer.
        answer.body.destroy()
      }
    } catch (error) {
      if (error instanceof HostRefusal) throw new HostRefusal(`${place}${error.message}`)
      const reason = stop.aborted
        ? `the answer was not complete after ${formatMillis(this.#policy.timeoutMillis)}`
        : describeNetworkError(error, hop.url)
      throw new HostRefusal(`${place}${reason}`)
    }
  }

  async #read({ status, body }: HttpAnswer): Promise<Uint8Array> {
    const { responseBytesMax } = this.#policy
    const chunks: Uint8Array[] = []
    let byteCount = 0
    for await (const chunk of body as AsyncIterable<Buffer>) {
      byteCount += chunk.length
      if (byteCount > responseBytesMax) {
        throw new HostRefusal(`the answer (status ${status}) is longer than ${responseBytesMax} bytes`)
      }
      chunks.push(chunk)
    }
    return join(chunks, byteCount)
  }

  #assertAllowed(url: URL, place = '', from?: URL): void {
    if (!isHttp(url)) throw new HostRefusal(`${place}only https and http are supported`)
    if (url.username !== '' || url.password !== '') {
      throw new HostRefusal(`${place}the URL contains a user name or password, which are never sent; leave them out`)
    }
    if (!isAllowed(url, this.#allow)) {
      const pattern = suggestPattern(url, this.#allow)
      throw new HostRefusal(`${place}outgoing HTTP to ${pattern} is not allowed; ${howToAllow(pattern)}`)
    }
    if (blockedPorts.has(portOf(url))) {
      throw new HostRefusal(
        `${place}port ${portOf(url)} belongs to another protocol and is blocked by the fetch standard`,
      )
    }
    if (from?.protocol === 'https:' && url.protocol === 'http:' && !isAllowed(url, this.#allowPlain)) {
      throw new HostRefusal(`${place}from https to http is not allowed; ${howToAllow(`http://${url.host}/`)}`)
    }
  }
}

function exchangeOf(
  { method, url, body }: Hop,
  headers: Readonly<Record<string, string>>,
): Omit<HttpExchange, 'lookup'> {
  const sent = method === 'GET' ? new Uint8Array(0) : body
  const contentType = sent.length > 0 ? contentTypeOf(sent) : null
  const type = contentType === null ? {} : { 'content-type': contentType }
  return { method, url, headers: { 'user-agent': userAgent, ...type, ...headers }, body: sent }
}

function howToAllow(pattern: string): string {
  return `start with --allow-http ${pattern}, or add it to [http] allow in slung.toml`
}

function join(chunks: readonly Uint8Array[], byteCount: number): Uint8Array {
  const bytes = new Uint8Array(byteCount)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function formatMillis(millis: number): string {
  return millis < 1000 ? `${millis} ms` : `${millis / 1000} s`
}

const userAgent = `slung/${packageVersion()}`
