/**
 * Makes what went over the wire fit for a file: values and texts in the form that a spec expects, without secrets, and
 * with placeholders where a replay cannot give the same. Remembers what it did, for the comment at the head of the
 * file.
 *
 * What replaces a secret still matches it: `REDACTED` as a whole parameter or path segment of a URL, `<any>` and
 * regular expressions in bodies. So the replay of a redacted recording passes.
 */
import { WrittenNumber } from '../../engine/model/json.ts'
import { escapeRegExp } from '../../engine/text/escape-regexp.ts'
import { isHttp } from '../writeback/http-policy.ts'
import { isSecretName, isSecretParameter, looksSecret } from './secrets.ts'
import { isClockTime, variableParts, type ClockWindow } from './variable-parts.ts'

/** Matches any value, to `slung-test`, in a URL of a spec. */
const redacted = 'REDACTED'

export class Redaction {
  /** What was taken out, such as `"key" in a query string`. */
  readonly secrets: Set<string> = new Set()
  /** What else differs from what happened. */
  readonly inexact: Set<string> = new Set()
  readonly #clock: ClockWindow

  constructor(clock: ClockWindow) {
    this.#clock = clock
  }

  /** A URL as a spec may name it; `null` when no request can go there. */
  url(text: string): string | null {
    const url = URL.parse(text)
    if (url === null || !isHttp(url) || url.username !== '' || url.password !== '') return null
    url.pathname = url.pathname
      .split('/')
      .map((segment) => (looksSecret(segment) ? this.#takeOut('a path segment of a URL') : segment))
      .join('/')
    if (url.search !== '') {
      url.search = url.search
        .slice(1)
        .split('&')
        .map((pair) => this.#parameter(pair))
        .join('&')
    }
    return url.href
  }

  /** A text to expect: itself, or a placeholder that matches it. */
  expectedText(text: string): string {
    const parts = variableParts(text, this.#clock)
    if (parts.length === 0) return looksLikePlaceholder(text) ? `</^${escapeRegExp(text)}$/>` : text
    let pattern = ''
    let end = 0
    for (const part of parts) {
      this.#note(part.secret)
      pattern += `${escapeRegExp(text.slice(end, part.start))}.+`
      end = part.end
    }
    return `</^${pattern}${escapeRegExp(text.slice(end))}$/s>`
  }

  /** A JSON value to expect. */
  expectedJson(value: unknown): unknown {
    if (typeof value === 'string') return this.expectedText(value)
    if (isNumber(value) && isClockTime(Number(value), this.#clock)) {
      this.#note(null)
      return '<number>'
    }
    return this.#mapMembers(
      value,
      (member) => this.expectedJson(member),
      () => '<any>',
    )
  }

  /** A timestamp to expect; `null` when it comes from the clock. */
  expectedTimestamp(timestamp: number): number | null {
    if (!isClockTime(timestamp, this.#clock)) return timestamp
    this.#note(null)
    return null
  }

  /** A text to give to the workflow in a replay. */
  givenText(text: string): string {
    let given = ''
    let end = 0
    for (const part of variableParts(text, this.#clock)) {
      // Times can stay: nothing is compared with them here.
      if (part.secret === null) continue
      given += text.slice(end, part.start) + this.#takeOut(part.secret)
      end = part.end
    }
    return given + text.slice(end)
  }

  /** A JSON value to give to the workflow in a replay. A secret keeps its type. */
  givenJson(value: unknown): unknown {
    if (typeof value === 'string') return this.givenText(value)
    return this.#mapMembers(
      value,
      (member) => this.givenJson(member),
      (secret) => (isNumber(secret) ? 0 : redacted),
    )
  }

  /** @param replace - returns the replacement of a scalar under the name of a secret */
  #mapMembers(
    value: unknown,
    map: (member: unknown) => unknown,
    replace: (secret: string | number | WrittenNumber) => unknown,
  ): unknown {
    if (Array.isArray(value)) return value.map(map)
    if (typeof value !== 'object' || value === null || isNumber(value)) return value
    const hide = (member: unknown, name: string): unknown => {
      if (typeof member === 'string' || isNumber(member)) {
        this.secrets.add(`"${name}" in JSON`)
        return replace(member)
      }
      return mapLeaves(member, (leaf) => hide(leaf, name))
    }
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, isSecretName(name) ? hide(member, name) : map(member)]),
    )
  }

  /** `name=value` of a query string. */
  #parameter(pair: string): string {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/s.exec(pair) ?? []
    if (value === '') return pair
    if (isSecretParameter(decode(name)) || looksSecret(value)) {
      return `${name}=${this.#takeOut(`"${decode(name)}" in a query string`)}`
    }
    const [part] = variableParts(decode(value), this.#clock)
    if (part === undefined) return pair
    this.#note(part.secret)
    return `${name}=${redacted}`
  }

  #takeOut(what: string): string {
    this.secrets.add(what)
    return redacted
  }

  #note(secret: string | null): void {
    if (secret === null) this.inexact.add('times that the workflow read off the clock match any')
    else this.secrets.add(secret)
  }
}

/** Members of arrays and objects, one level down. */
function mapLeaves(value: unknown, map: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member)]))
}

function isNumber(value: unknown): value is number | WrittenNumber {
  return typeof value === 'number' || value instanceof WrittenNumber
}

/** Whether a spec would take the text for a placeholder, even a malformed one. */
function looksLikePlaceholder(text: string): boolean {
  return text.length >= 3 && text.startsWith('<') && text.endsWith('>')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
