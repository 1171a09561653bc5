/** A request as specs and tests name it: `POST https://hooks.example.com/alerts`. */
import { SlungError, suggest, type HttpMethod } from '@slung/runtime'
import { parsePlaceholder } from './placeholder.ts'

export interface RequestLine {
  readonly method: HttpMethod
  /** Absolute, http or https; or a placeholder. */
  readonly url: string
}

/** What a workflow can send. */
const httpMethods: readonly HttpMethod[] = ['GET', 'POST', 'PUT', 'DELETE']

/** @throws {SlungError} `bad-request-line`, or `bad-placeholder` for a URL that looks like one */
export function parseRequestLine(text: string): RequestLine {
  const [, word = '', url = ''] = /^(\S*)\s*(.*)$/s.exec(text.trim()) ?? []
  const method = httpMethods.find((candidate) => candidate === word)
  if (method === undefined) throw badRequestLine(text, methodProblem(word))
  if (parsePlaceholder(url) !== null) return { method, url }
  const protocol = URL.parse(url)?.protocol
  if (protocol === 'http:' || protocol === 'https:') return { method, url }
  throw badRequestLine(text, url === '' ? 'it has no URL' : `"${url}" is not an absolute http or https URL`)
}

/** Stands for any value of a parameter, and for any segment of a path: recordings put it in place of secrets. */
const redacted = 'REDACTED'

/**
 * Whether a URL is the expected one: `https://example.com` and `https://example.com/` are the same.
 *
 * @param expected - may have `REDACTED` in place of whole values of its query or fragment, or whole segments of its path
 */
export function isSameUrl(expected: string, actual: string): boolean {
  if (expected === actual) return true
  const wanted = URL.parse(expected)
  const found = URL.parse(actual)
  if (wanted === null || found === null) return false
  if (wanted.href === found.href) return true
  const wantedParts = partsOf(wanted)
  const foundParts = partsOf(found)
  return (
    wanted.href.includes(redacted) &&
    hrefWithout(wanted) === hrefWithout(found) &&
    wantedParts.length === foundParts.length &&
    wantedParts.every((part, index) => isSamePart(part, foundParts[index]!))
  )
}

/** What is left of a URL without its path, query and fragment. */
function hrefWithout({ protocol, username, password, host }: URL): string {
  return `${protocol}//${username}:${password}@${host}/`
}

/** The segments of a path, and the parameters of a query and a fragment as they are written: `name=value`. */
function partsOf({ pathname, search, hash }: URL): string[] {
  return [...pathname.split('/').map((segment) => `/${segment}`), ...search.split('&'), ...hash.split('&')]
}

function isSamePart(wanted: string, found: string): boolean {
  if (wanted === found) return true
  // A mark begins a segment, a query or a fragment, and the name of a parameter ends with its first `=`.
  const prefix = wanted.slice(0, -redacted.length)
  return wanted === prefix + redacted && /^[/?#]?$|^[^=]*=$/.test(prefix) && found.startsWith(prefix)
}

function methodProblem(word: string): string {
  if (URL.canParse(word)) return 'it has no method'
  const meant = httpMethods.find((method) => method === word.toUpperCase()) ?? suggest(word, httpMethods)
  const hint = meant === null ? `only ${httpMethods.join(', ')}` : `did you mean ${meant}?`
  return word === '' ? 'it is empty' : `a workflow cannot send "${word}" (${hint})`
}

function badRequestLine(text: string, problem: string): SlungError {
  return new SlungError(
    'bad-request-line',
    `cannot read the request "${text}": ${problem}; expected a method and a URL, such as POST https://example.com/alerts`,
  )
}
