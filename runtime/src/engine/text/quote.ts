/** Quotes foreign text in messages; cuts long texts, but never in the middle of a character. */
import { escapeUnprintable, printable } from './printable.ts'

/**
 * Cuts a text that is too long; `…` stands for the rest and does not count.
 *
 * @param unitsMax - in UTF-16 units; one fewer is kept where the last one would be half a character
 *
 * @example shorten('abcdef', 3) // "abc…"
 */
export function shorten(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : `${beginning(text, unitsMax)}…`
}

/**
 * Like `shorten`, for reports: it also says how many units are missing.
 *
 * @example shortenAndCount('abcdef', 3) // "abc… (3 more)"
 */
export function shortenAndCount(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text
  const kept = beginning(text, unitsMax)
  return `${kept}… (${text.length - kept.length} more)`
}

/**
 * Foreign text in the middle of a sentence, without quotes: one line, printable and cut.
 *
 * @example oneLine('a\nb\u001b[31m', 3) // "a b…"
 */
export function oneLine(text: string, unitsMax: number): string {
  return printable(shorten(text, unitsMax))
}

/**
 * Quotes a piece of a source that the reader can look up (a query, a file, a flag): as it stands there, including
 * quotes and backslashes, but printable and just long enough to recognise.
 *
 * @example quote('AVG:"t') // "\"AVG:\"t\""
 */
export function quote(text: string, unitsMax: number = quotedUnitsMax): string {
  return `"${printable(shorten(text, unitsMax))}"`
}

/**
 * Quotes a value as a JSON string: every character counts, because the value may have been sent, computed or unescaped
 * and stands nowhere in this form.
 *
 * @example quoteJson('a"b\u001b') // "\"a\\\"b\\u001b\""
 */
export function quoteJson(text: string, unitsMax: number = quotedJsonUnitsMax): string {
  return escapeUnprintable(JSON.stringify(shorten(text, unitsMax)))
}

// Long enough to recognise a word, short enough for one line of error text.
const quotedUnitsMax = 40
const quotedJsonUnitsMax = 60

function beginning(text: string, unitsMax: number): string {
  const end = isPair(text, unitsMax - 1) ? unitsMax - 1 : unitsMax
  return text.slice(0, end)
}

/** Whether one character starts at this unit and ends after the next. */
function isPair(text: string, at: number): boolean {
  return (text.codePointAt(at) ?? 0) > 0xffff
}
