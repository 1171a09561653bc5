/**
 * Headers that the host adds to requests, by the URL that they go to: `[[http.with]]`. The guest never sees them, so a
 * workflow can use a token that it does not know.
 */
import { SlungError } from '../../engine/model/slung-error.ts'
import { quote } from '../../engine/text/quote.ts'
import { parseHeaderName, parseHeaderValue } from '../config/header.ts'
import type { HeaderConfig } from '../config/runtime-config.ts'
import { isAllowed, parseAllowPattern, type AllowPattern } from './http-policy.ts'

/** The headers of the URLs that a pattern covers. */
export interface HeaderRule {
  readonly pattern: AllowPattern
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** @throws {SlungError} `bad-allow-pattern`, `bad-request-header` */
export function parseHeaderRule({ url, headers }: HeaderConfig): HeaderRule {
  return {
    pattern: parseHeaderPattern(url),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [parseHeaderName(name), parseHeaderValue(name, value)]),
    ),
  }
}

/**
 * Reads a pattern as that of an allow list, with two differences: it names a host, and without a scheme it means https.
 * What is secret goes in the clear only where the pattern says so.
 *
 * @throws {SlungError} `bad-allow-pattern`
 */
export function parseHeaderPattern(text: string): AllowPattern {
  const pattern = parseAllowPattern(text)
  if (pattern.kind === 'everything') {
    throw new SlungError(
      'bad-allow-pattern',
      `cannot add headers to ${quote(text)}: expected a host, so that no other gets them`,
    )
  }
  return { ...pattern, scheme: pattern.scheme ?? 'https:' }
}

/** The headers of one URL. Where several rules have the same header, the last one decides. */
export function headersFor(url: URL, rules: readonly HeaderRule[]): Readonly<Record<string, string>> {
  const covering = rules.filter(({ pattern }) => isAllowed(url, [pattern]))
  return Object.fromEntries(covering.flatMap(({ headers }) => Object.entries(headers)))
}
