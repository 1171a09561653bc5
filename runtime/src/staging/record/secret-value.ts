/** Where the value of a secret ends: how far that is depends on what encloses it, and on its name. */
import { codesOf, endOfRun, isAlphanumeric, isAt, isBlank, isNameLetter, isNewline, type Letters } from './letters.ts'

/**
 * What a value that nothing encloses consists of: one word; a word with a digit; the credentials of a scheme; words up
 * to the end of the line or the next name; the line; the rest of a parameter, of a call or of an XML element.
 */
export type Extent = 'word' | 'mixed word' | 'credentials' | 'words' | 'line' | 'parameter' | 'call' | 'element'

export interface ValuePlace {
  readonly start: number
  readonly extent: Extent
}

export interface Value {
  readonly start: number
  readonly end: number
}

/** A quote and the backslashes before it; in a form, it may be encoded. */
export interface Quote {
  readonly mark: string
  /** How often what it encloses was escaped. */
  readonly depth: number
  /** After the quote. */
  readonly end: number
}

const blanksMax = 8
const noSecrets = /^(?:null|true|false|undefined|none|nil)$/i
const timestamp = /^\d{4}-\d\d-\d\d/

/** Where the value is, without what encloses it; `null` when it is empty, or says that there is none. */
export function valueAt(text: Letters, { start, extent }: ValuePlace): Value | null {
  if (extent === 'element') return trimmed(text, start, endOfElement(text, start))
  const quote = quoteAt(text, start)
  if (quote !== null) return trimmed(text, quote.end, endOfQuoted(text, quote))
  if (extent === 'call') return trimmed(text, start, endBefore(text, start, callEnds))
  if (extent !== 'mixed word' && extent !== 'credentials') {
    if (isAt(text, start, '[') || isAt(text, start, '{')) return bracketed(text, start)
  }
  const value = trimmed(text, start, endOfPlain(text, start, extent))
  if (value === null) return null
  const word = value.end - value.start > wordUnitsMax ? '' : text.slice(value.start, value.end)
  if (noSecrets.test(word)) return null
  switch (extent) {
    case 'mixed word':
      return word.length >= 6 && /\d/.test(word) && /[a-z].*[a-z].*[a-z]/i.test(word) && !timestamp.test(word)
        ? value
        : null
    case 'credentials':
      return value.end - value.start >= 8 && (word === '' || /[\d=]/.test(word)) ? value : null
    default:
      return value
  }
}

/** Longer ones are no words that people read. */
const wordUnitsMax = 8192

export function afterBlanks(text: Letters, start: number): number {
  let end = start
  while (end < start + blanksMax && isBlank(text.charCodeAt(end))) end++
  // A value on the next line is indented; another name is not.
  return end > start && isNewline(text.charCodeAt(end - 1)) ? start : end
}

/** The quote at `start`; `null` when there is none. */
export function quoteAt(text: Letters, start: number): Quote | null {
  const at = endOfRun(text, start, (code) => code === 92)
  if (isAt(text, at, '%22')) return { mark: '%22', depth: 0, end: at + 3 }
  const mark = ['"', "'", '`'].find((quote) => isAt(text, at, quote))
  return mark === undefined ? null : { mark, depth: Math.ceil(Math.log2(at - start + 1)), end: at + 1 }
}

/** Before the quote that closes this one, and its backslashes; or the end of the text. */
function endOfQuoted(text: Letters, { mark, depth, end }: Quote): number {
  let backslashes = 0
  for (let at = end; at < text.length; at++) {
    if (isAt(text, at, '\\')) backslashes++
    else if (isAt(text, at, mark) && closes(backslashes, depth)) return at - ownBackslashes(backslashes, depth)
    else backslashes = 0
  }
  return text.length
}

/** Whether a quote after so many backslashes closes one that was escaped `depth` times, or one around it. */
function closes(backslashes: number, depth: number): boolean {
  if (backslashes % 2 === 0) return true
  return depth > 0 && closes((backslashes - 1) / 2, depth - 1)
}

/** Of the backslashes before a closing quote, those that escape the quote. */
function ownBackslashes(backslashes: number, depth: number): number {
  return Math.min(backslashes, 2 ** depth - 1)
}

/** What is in brackets, as far as they close. */
function bracketed(text: Letters, start: number): Value | null {
  let depth = 0
  let at = start
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 91 || code === 123) depth++
    else if ((code === 93 || code === 125) && --depth === 0) break
  }
  return trimmed(text, start + 1, at)
}

function endOfElement(text: Letters, start: number): number {
  const data = '<![CDATA['
  if (!isAt(text, start, data)) {
    let end = start
    while (end < text.length && !isAt(text, end, '<') && !isAt(text, end, '&lt;')) end++
    return end
  }
  let end = start + data.length
  while (end < text.length && !isAt(text, end, ']]>')) end++
  return Math.min(text.length, end + 3)
}

function endOfPlain(text: Letters, start: number, extent: Exclude<Extent, 'call' | 'element'>): number {
  switch (extent) {
    case 'line':
      return withoutNextLine(text, start, endBefore(text, start, lineEnds))
    case 'words':
      return withoutNextLine(text, start, endOfWords(text, start))
    case 'parameter':
      return endBefore(text, start, parameterEnds)
    case 'credentials':
      return endOfRun(text, start, (code) => isNameLetter(code) || '+/=~'.includes(String.fromCharCode(code)))
    default:
      return endOfWord(text, afterScheme(text, start))
  }
}

const wordEnds = codesOf(' \t\n\r\f\v"\'&,;<>')
const parameterEnds = codesOf(' \t\n\r\f\v"\'&#<>')
const lineEnds = codesOf('\n\r"<')
const callEnds = codesOf(')\n')

function endOfWord(text: Letters, start: number): number {
  const end = endBefore(text, start, wordEnds)
  for (let at = start; at < end; at++) if (isAt(text, at, '%26') || isAt(text, at, '%22')) return at
  return end
}

/** Past the name of an authentication scheme. */
function afterScheme(text: Letters, start: number): number {
  const end = endOfRun(text, start, isAlphanumeric)
  if (end - start > 'digest'.length) return start
  const isScheme = /^(?:bearer|basic|digest|token)$/i.test(text.slice(start, end))
  return isScheme ? afterBlanks(text, end) : start
}

/** Words up to the end of the line, to a mark that ends a value, or to the next name with a value. */
function endOfWords(text: Letters, start: number): number {
  let end = endOfWord(text, start)
  for (;;) {
    let word = end
    while (isAt(text, word, ' ') || isAt(text, word, ',') || isAt(text, word, "'")) word++
    const next = endOfWord(text, word)
    if (next === word || isNextName(text, word)) return end
    end = next
  }
}

/** In a string of JSON, a line ends at an escape. */
function withoutNextLine(text: Letters, start: number, end: number): number {
  if (!isAt(text, end, '"')) return end
  for (let at = start; at < end; at++) if (isAt(text, at, '\\n') || isAt(text, at, '\\r')) return at
  return end
}

function isNextName(text: Letters, start: number): boolean {
  const end = endOfRun(text, start, isNameLetter)
  if (end === start) return false
  return isAt(text, end, '=') || (isAt(text, end, ':') && isBlank(text.charCodeAt(end + 1)))
}

function endBefore(text: Letters, start: number, marks: ReadonlySet<number>): number {
  return endOfRun(text, start, (code) => !marks.has(code))
}

/** Without blanks around it; `null` when nothing is left. */
function trimmed(text: Letters, start: number, end: number): Value | null {
  let [first, last] = [start, end]
  while (first < last && isBlank(text.charCodeAt(first))) first++
  while (last > first && isBlank(text.charCodeAt(last - 1))) last--
  return last > first ? { start: first, end: last } : null
}
