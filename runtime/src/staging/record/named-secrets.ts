/**
 * Secrets that follow their name: `name=value`, `"name": "value"`, `name("value")`, `<name>value</name>`,
 * `--name value`, `name="password" value="…"`, and credentials after the name of their scheme.
 */
import type { FoundSecret } from './find-secrets.ts'
import { endOfRun, isAt, isBlank, isNameLetter, type Letters } from './letters.ts'
import { afterBlanks, quoteAt, valueAt, type Extent, type ValuePlace } from './secret-value.ts'
import { extentOf, isSecretName, isSecretParameter, isSecretsName } from './secrets.ts'

const nameUnitsMin = 2
const nameUnitsMax = 64
/** From the first half of `name="password" value="…"` to the second, in words. */
const pairWordsMax = 4
/** Between the name of an XML element and its end. */
const attributeUnitsMax = 256

const pairName = /^(?:name|key|header|field|param|parameter|property)$/i
const pairValue = /^(?:value|val|content|text|data)$/i
const schemeName = /^(?:bearer|basic|token)$/i
/** Part of every name that `findAfter` looks for. */
const mayNameSecret = /key|token|pass|pwd|secret|auth|cred|sig|cookie|bearer|basic|jwt|otp|pin|sid|session|code|appid/i
/** Ends a name of two words, such as `api key`. */
const secondWord = /^(?:key|phrase|code|id)$/i

/** In order, without overlaps. */
export function* findNamed(text: Letters): Generator<FoundSecret> {
  let before = ''
  let beforeEnd = -1
  let pending = ''
  let pendingWords = 0
  for (let at = 0; at < text.length;) {
    const end = endOfRun(text, at, isNameLetter)
    if (end - at < nameUnitsMin) {
      at = end === at ? at + 1 : end
      continue
    }
    let name = text.slice(Math.max(at, end - nameUnitsMax), end)
    const both = `${before} ${name}`
    if (at === beforeEnd + 1 && isAt(text, beforeEnd, ' ') && secondWord.test(name) && isSecretName(both)) name = both
    if (pendingWords-- > 0 && pairValue.test(name)) {
      name = pending
      pendingWords = 0
    }
    const found = mayNameSecret.test(name) ? findAfter(text, at, end, name) : null
    if (found !== null) yield found
    const paired = found === null ? pairedName(text, end, name) : ''
    if (paired !== '') {
      pending = paired
      pendingWords = pairWordsMax
    }
    before = name
    beforeEnd = end
    at = found?.end ?? end
  }
}

/** @param end - of the name that begins at `start` */
function findAfter(text: Letters, start: number, end: number, name: string): FoundSecret | null {
  if (schemeName.test(name)) {
    const credentials = credentialsAfter(text, end)
    if (credentials !== null) return credentials
  }
  const isParameter = isAt(text, end, '=') && isAfterParameterMark(text, start)
  const isSeveral = isSecretsName(name)
  if (!isSeveral && !(isParameter ? isSecretParameter(name) : isSecretName(name))) return null
  const place = placeOf(text, start, end, isParameter ? 'parameter' : extentOf(name))
  const value = place === null ? null : valueAt(text, place)
  if (value === null || (isSeveral && isCount(text, value))) return null
  return { ...value, secret: isParameter ? `"${name}" in a query string` : `"${name}" in a text` }
}

/** Where the value of a name begins, and how it ends; `null` when no value follows. */
function placeOf(text: Letters, start: number, end: number, extent: Extent): ValuePlace | null {
  const element = elementContent(text, start, end)
  if (element !== null) return { start: element, extent: 'element' }
  if (extent === 'words' && isAt(text, end, '(')) return { start: end + 1, extent: 'call' }
  const separator = afterBlanks(text, quoteAt(text, end)?.end ?? end)
  const value = endOfSeparator(text, separator)
  if (value !== separator) {
    // A line belongs to a name with a colon: `cookie=abc` is one of several on it.
    return {
      start: afterBlanks(text, value),
      extent: extent === 'line' && isAt(text, separator, '=') ? 'word' : extent,
    }
  }
  if (!isBlank(text.charCodeAt(end)) || isAt(text, end - 1, '.')) return null
  if (isAt(text, start, '--')) return { start: separator, extent: 'word' }
  if (quoteAt(text, separator) !== null) return { start: separator, extent: 'word' }
  const verb = ['is ', 'was '].find((word) => isAt(text, separator, word)) ?? ''
  return { start: separator + verb.length, extent: 'mixed word' }
}

/** `=`, `:`, `=>`, `:=`, and both as a form encodes them. */
function endOfSeparator(text: Letters, start: number): number {
  let end = start
  while (end < start + 3 && (isAt(text, end, '=') || isAt(text, end, ':') || (end > start && isAt(text, end, '>'))))
    end++
  if (end > start) return end
  return ['%3D', '%3d', '%3A', '%3a'].some((code) => isAt(text, start, code)) ? start + 3 : start
}

/** Where the content of an XML element begins; `null` when the name is not that of one. */
function elementContent(text: Letters, start: number, end: number): number | null {
  if (isAt(text, end, '&gt;')) return end + 4
  if (!isTagName(text, start)) return null
  if (isAt(text, end, '>')) return end + 1
  if (!isBlank(text.charCodeAt(end))) return null
  const until = Math.min(text.length, end + attributeUnitsMax)
  for (let at = end; at < until; at++) {
    if (isAt(text, at, '<') || isAt(text, at, '/>')) return null
    if (isAt(text, at, '>')) return at + 1
  }
  return null
}

/** Whether `<` stands before a name, or before its namespace. */
function isTagName(text: Letters, start: number): boolean {
  if (!isAt(text, start - 1, ':')) return isAt(text, start - 1, '<')
  let space = start - 1
  while (space > start - namespaceUnitsMax && isNameLetter(text.charCodeAt(space - 1))) space--
  return isAt(text, space - 1, '<')
}

const namespaceUnitsMax = 32

/** `Bearer abc123`: plain words follow these words too, but credentials contain a digit or padding. */
function credentialsAfter(text: Letters, end: number): FoundSecret | null {
  const start = afterBlanks(text, end)
  if (start === end) return null
  const value = valueAt(text, { start, extent: 'credentials' })
  return value === null ? null : { ...value, secret: 'credentials in a text' }
}

/** The name of a secret as the value of `name`; empty when it is none. */
function pairedName(text: Letters, end: number, name: string): string {
  if (!pairName.test(name)) return ''
  const separator = afterBlanks(text, quoteAt(text, end)?.end ?? end)
  const quote = quoteAt(text, afterBlanks(text, endOfSeparator(text, separator)))
  if (quote === null) return ''
  const nameEnd = endOfRun(text, quote.end, isNameLetter)
  const value = nameEnd - quote.end > nameUnitsMax ? '' : text.slice(quote.end, nameEnd)
  return isSecretName(value) ? value : ''
}

function isAfterParameterMark(text: Letters, start: number): boolean {
  return ['?', '&', '#', '&amp;'].some((mark) => isAt(text, start - mark.length, mark))
}

function isCount(text: Letters, { start, end }: { start: number; end: number }): boolean {
  return end - start <= nameUnitsMax && /^[\d\s.,]*$/.test(text.slice(start, end))
}
