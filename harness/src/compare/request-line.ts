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

/** Whether two URLs are the same request: `https://example.com` and `https://example.com/` are. */
export function isSameUrl(one: string, other: string): boolean {
  if (one === other) return true
  const href = URL.parse(one)?.href
  return href !== undefined && href === URL.parse(other)?.href
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
