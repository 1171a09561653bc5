/** URLs for logs and messages: where a request went, without what may be secret about it. */
import { printable } from '../../engine/text/printable.ts'
import { shorten } from '../../engine/text/quote.ts'
import { isHttp } from './http-policy.ts'

/**
 * Shows a URL without its query, fragment, user name and password, on one line, and shortened when it is long.
 * The path stays: do not log it where it is a secret. Never throws, for any text.
 *
 * @example redactUrl('https://me:pw@api.example.com/v1?key=secret') // "https://api.example.com/v1?…"
 */
export function redactUrl(url: string): string {
  return printable(shorten(withoutSecrets(url), shownUnitsMax))
}

function withoutSecrets(text: string): string {
  const url = URL.parse(text)
  // Anything before the last @ may be a password with any character in it.
  if (url === null) return text.replace(/[?#].*$/s, '?…').replace(/^.*@/s, '…@')
  // Other schemes may contain anything: `data:`, `mailto:`, a host name taken for a scheme (`localhost:80/x`).
  if (!isHttp(url)) return `${url.protocol}…`
  return `${url.origin}${url.pathname}${url.search === '' ? '' : '?…'}`
}

// Fits a log line; the longest URL of the ABI is 8,192 bytes.
const shownUnitsMax = 200
