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
import { parseJsonBody, parseJsonString } from './recorded-body.ts'
import { isSecretName, isSecretParameter, isSecretsName, looksSecret, secretSegments } from './secrets.ts'
import { firstSecret, isClockTime, variableParts, type ClockWindow } from './variable-parts.ts'

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
    url.pathname = this.#path(url.pathname)
    if (url.search !== '') url.search = this.#parameters(url.search.slice(1))
    if (url.hash !== '') url.hash = this.#parameters(url.hash.slice(1))
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
      pattern += escapeRegExp(text.slice(end, part.start)) + anyPart(text, part)
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
    return this.#mapMembers(value, {
      map: (member) => this.expectedJson(member),
      hide: () => '<any>',
      // What is expected of an object is a part of it.
      rename: () => null,
    })
  }

  /** A timestamp to expect; `null` when it comes from the clock. */
  expectedTimestamp(timestamp: number): number | null {
    if (!isClockTime(timestamp, this.#clock)) return timestamp
    this.#note(null)
    return null
  }

  /** A text to give to the workflow in a replay. */
  givenText(text: string): string {
    const json = parseJsonBody(text) ?? parseJsonString(text)
    if (json !== null) {
      const given = JSON.stringify(this.givenJson(json))
      return given === JSON.stringify(json) ? text : given
    }
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
    return this.#mapMembers(value, {
      map: (member) => this.givenJson(member),
      hide: (secret) => (isNumber(secret) ? 0 : redacted),
      rename: () => redacted,
    })
  }

  #mapMembers(value: unknown, change: MemberChange): unknown {
    if (typeof value !== 'object' || value === null || isNumber(value)) return value
    const within = (member: unknown, map: (leaf: unknown) => unknown): unknown => this.#mapWithin(member, map, change)
    const hide = (member: unknown, name: string): unknown => {
      if (typeof member !== 'string' && !isNumber(member)) return within(member, (leaf) => hide(leaf, name))
      this.secrets.add(`"${name}" in JSON`)
      return change.hide(member)
    }
    const hideSeveral = (member: unknown, name: string): unknown => {
      // Numbers are counts.
      if (isNumber(member)) return change.map(member)
      return typeof member === 'string' ? hide(member, name) : within(member, (leaf) => hideSeveral(leaf, name))
    }
    if (Array.isArray(value)) {
      const [name, secret] = value as readonly unknown[]
      if (value.length === 2 && isPlainSecretName(name)) return [name, hide(secret, name)]
      return value.map(change.map)
    }
    const pairName = nameInPair(value)
    const members: [string, unknown][] = []
    for (const [key, member] of Object.entries(value)) {
      const name = this.#memberName(key, change)
      if (name === null) continue
      if (isSecretName(key)) members.push([name, hide(member, key)])
      else if (isSecretsName(key)) members.push([name, hideSeveral(member, key)])
      else if (pairName !== null && pairValues.has(key)) members.push([name, hide(member, pairName)])
      else members.push([name, change.map(member)])
    }
    return Object.fromEntries(members)
  }

  /** Maps the members of an array or object; other values stay. */
  #mapWithin(value: unknown, map: (leaf: unknown) => unknown, change: MemberChange): unknown {
    if (Array.isArray(value)) return value.map(map)
    if (typeof value !== 'object' || value === null) return value
    const members = Object.entries(value).map(([key, member]) => [this.#memberName(key, change), map(member)] as const)
    return Object.fromEntries(members.filter(([name]) => name !== null))
  }

  /** The name of a member, which may be a secret itself; `null` = the member is left out. */
  #memberName(name: string, change: MemberChange): string | null {
    const secret = firstSecret(name)
    if (secret === null) return name
    this.secrets.add(`${secret}, as a name in JSON`)
    return change.rename(name)
  }

  #path(pathname: string): string {
    const segments = pathname.split('/')
    const areSecret = secretSegments(segments.map(decode))
    return segments
      .map((segment, index) =>
        areSecret[index] === true || firstSecret(decode(segment)) !== null
          ? this.#takeOut('a path segment of a URL')
          : segment,
      )
      .join('/')
  }

  /** @param text - of a query string or a fragment */
  #parameters(text: string): string {
    return text
      .split('&')
      .map((pair) => this.#parameter(pair))
      .join('&')
  }

  /** `name=value`. */
  #parameter(pair: string): string {
    const [, written = '', value = pair] = /^([^=]*=)(.*)$/s.exec(pair) ?? []
    if (value === '') return pair
    const name = decode(written.slice(0, -1))
    if (isSecretParameter(name) || looksSecret(value)) {
      return `${written}${this.#takeOut(name === '' ? 'a key in a URL' : `"${name}" in a query string`)}`
    }
    const [part] = variableParts(decode(value), this.#clock)
    if (part === undefined) return pair
    this.#note(part.secret)
    return `${written}${redacted}`
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

/** What becomes of the members of a JSON value. */
interface MemberChange {
  readonly map: (member: unknown) => unknown
  /** Replaces a scalar under the name of a secret. */
  readonly hide: (secret: string | number | WrittenNumber) => unknown
  /** Replaces a name that is a secret; `null` = the member is left out. */
  readonly rename: (name: string) => string | null
}

const pairNames: readonly string[] = ['name', 'key', 'header', 'field', 'param', 'Name', 'Key']
const pairValues: ReadonlySet<string> = new Set(['value', 'val', 'content', 'data', 'Value'])

/** The name of a secret in an object such as `{"name":"password","value":"…"}`; `null` = it is no such object. */
function nameInPair(value: object): string | null {
  const names = pairNames.map((key) => (value as Readonly<Record<string, unknown>>)[key])
  return names.find(isPlainSecretName) ?? null
}

/** Whether it is a name that holds a secret, rather than a text with one. */
function isPlainSecretName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) && isSecretName(value)
}

/**
 * A pattern for a part of a text. It ends at the character that followed, so that a text with many parts is compared in
 * one go.
 */
function anyPart(text: string, { start, end }: { start: number; end: number }): string {
  const next = text[end]
  // Half a character cannot be written to a file.
  if (next === undefined || !next.isWellFormed() || text.slice(start, end).includes(next)) return '.+'
  return `[^${escapeRegExp(next)}]+`
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
