/**
 * What the parts of a query share at the level of characters: spaces, quotes, and when quotes are needed.
 *
 * Spaces are the space, the tab and line ends. Other Unicode spaces look the same and would silently become part of a
 * name, so they are refused outside quotes.
 */
import { quote } from '../text/quote.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'

/** The result of the parser of one part: the value, and where reading continues. */
export interface Parsed<Value> {
  readonly value: Value
  readonly end: number
}

/**
 * The offset of the first character at or after `offset` that is not a space; `query.length` when only spaces follow.
 */
export function skipSpaces(query: string, offset: number): number {
  let end = offset
  while (isSpace(query[end])) end++
  return end
}

/** The offset after the last character of `start…end` that is not a space; `start` when all are. */
export function trimmedEnd(query: string, start: number, end: number): number {
  let trimmed = end
  while (trimmed > start && isSpace(query[trimmed - 1])) trimmed--
  return trimmed
}

/** The offset of the first of `stops` at or after `offset`; `query.length` without one. */
export function findStop(query: string, offset: number, stops: string): number {
  let end = offset
  while (end < query.length && !stops.includes(query[end]!)) end++
  return end
}

/** @throws {QuerySyntaxError} when unquoted text contains a space that is not an ordinary one */
export function refuseOddSpace(query: string, start: number, end: number): void {
  const index = query.slice(start, end).search(oddSpace)
  if (index < 0) return
  const code = query
    .charCodeAt(start + index)
    .toString(16)
    .toUpperCase()
    .padStart(4, '0')
  throw new QuerySyntaxError(
    query,
    start + index,
    `found the space character U+${code}, expected an ordinary space or quotes around the text`,
    'retype the space',
  )
}

/**
 * Reads `"…"`, where `\"` stands for a quote and `\\` for a backslash.
 *
 * @param offset - of the opening quote; `end` of the result is after the closing one
 */
export function readQuoted(query: string, offset: number): Parsed<string> {
  let value = ''
  for (let index = offset + 1; index < query.length; index++) {
    const character = query[index]!
    if (character === '"') return { value, end: index + 1 }
    if (character !== '\\') {
      value += character
      continue
    }
    const escaped = query[++index]
    if (escaped === '"' || escaped === '\\') {
      value += escaped
    } else if (escaped !== undefined) {
      throw new QuerySyntaxError(
        query,
        index - 1,
        `found the escape ${quote(`\\${escaped}`)}, expected \\" or \\\\`,
        'write \\\\ for one backslash',
      )
    }
  }
  throw new QuerySyntaxError(query, offset, 'the quote that opens here is never closed', 'close it with "')
}

/** Puts a text in quotes; `readQuoted` reverses it. */
export function writeQuoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}

/** Ends an unquoted series name. */
export const seriesStops = ':,[]"'

/** Writes a series name, quoted if it could not be read back otherwise. */
export function writeSeriesName(name: string): string {
  const plain = name.trim() === name && !oddSpace.test(name) && findStop(name, 0, seriesStops) === name.length
  return plain ? name : writeQuoted(name)
}

/** Ends an unquoted tag, as spaces do. */
export const tagStops = ' \t\r\n,[]()"'

/** Writes a tag, quoted if it could not be read back otherwise. */
export function writeTag(tag: string): string {
  const isPlain = !reserved.has(tag.toUpperCase()) && isWord(tag) && readEachValue(tag) === null
  return isPlain ? tag : writeQuoted(tag)
}

/** The key of a word that stands for each of its values, `key=*`; `null` for any other word. */
export function readEachValue(word: string): string | null {
  const key = word.slice(0, word.indexOf('='))
  return word === `${key}${eachValue}` && /^[^!'"‘“”„].*$/s.test(key) && !/[!~]$/.test(key) ? key : null
}

/** After a key: each of its values, and each for itself. */
export const eachValue = '=*'

/** Writes what stands for each value of a key; the key is quoted if it could not be read back otherwise. */
export function writeEachValue(key: string): string {
  const isPlain = isWord(key) && readEachValue(key + eachValue) === key
  return (isPlain ? key : writeQuoted(key)) + eachValue
}

function isWord(text: string): boolean {
  return !oddSpace.test(text) && findStop(text, 0, tagStops) === text.length
}

// Unquoted, these are operators.
const reserved = new Set(['AND', 'OR', 'NOT'])

const oddSpace = /[^\S \t\r\n]/

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n'
}
