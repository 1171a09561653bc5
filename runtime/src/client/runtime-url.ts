/** The address of a runtime, as people type it. */
import { SlungError } from '../engine/model/slung-error.ts'
import { quote } from '../engine/text/quote.ts'

/** Where `slung run` listens by default. */
export const runtimeUrlDefault = 'ws://127.0.0.1:2077'

/**
 * Returns the URL to open a WebSocket at. `http:` and `https:` stand for `ws:` and `wss:`, so that one address serves
 * for everything.
 *
 * @throws {SlungError} `bad-url`; the message holds no password
 */
export function parseRuntimeUrl(text: string): URL {
  const url = URL.parse(text.trim())
  if (url === null || !/^(?:ws|http)s?:$/.test(url.protocol)) {
    throw new SlungError('bad-url', `cannot connect to ${quote(text)}: expected a URL such as ${runtimeUrlDefault}`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new SlungError(
      'bad-url',
      `cannot connect to ${formatRuntimeUrl(url)}: ` +
        'a runtime has no users and passwords; leave them out of the URL and give a token instead',
    )
  }
  url.protocol = url.protocol.replace('http', 'ws')
  url.hash = ''
  return url
}

/** For people: without the slash that `URL` adds, and without what may be a secret. */
export function formatRuntimeUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`
}
