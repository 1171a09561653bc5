/**
 * Characters of a text, one at a time. Whoever sends a text to a workflow, or answers it, chooses what is in it, so the
 * search for secrets visits each character a bounded number of times; `find-secrets.test.ts` counts the visits.
 */

/** What the search needs of a string. */
export interface Letters {
  readonly length: number
  charCodeAt(index: number): number
  slice(start: number, end: number): string
}

const alphanumeric = 1
const mark = 2
const dot = 4
const blank = 8
const newline = 16
const base64 = 32

const classes = new Uint8Array(128)
const classify = (characters: string, bit: number): void => {
  for (const character of characters) classes[character.charCodeAt(0)]! |= bit
}
classify('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', alphanumeric | base64)
classify('+/', base64)
classify('_-', mark)
classify('.', dot)
classify(' \t\n\r\f\v', blank)
classify('\n\r', newline)

function isOf(code: number, bits: number): boolean {
  return code < classes.length && (classes[code]! & bits) !== 0
}

/** A letter or digit of ASCII. */
export function isAlphanumeric(code: number): boolean {
  return isOf(code, alphanumeric)
}

/** What keys and identifiers consist of. */
export function isTokenLetter(code: number): boolean {
  return isOf(code, alphanumeric | mark)
}

/** What names consist of. */
export function isNameLetter(code: number): boolean {
  return isOf(code, alphanumeric | mark | dot)
}

export function isBase64Letter(code: number): boolean {
  return isOf(code, base64)
}

export function isBlank(code: number): boolean {
  return isOf(code, blank)
}

export function isNewline(code: number): boolean {
  return isOf(code, newline)
}

/** The first index from `start` on whose character is not one of these; the length when all are. */
export function endOfRun(text: Letters, start: number, isIn: (code: number) => boolean): number {
  let end = start
  while (end < text.length && isIn(text.charCodeAt(end))) end++
  return end
}

/** The codes of some characters. */
export function codesOf(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)))
}

/** Whether the text continues so at `index`. @param word - of bounded length */
export function isAt(text: Letters, index: number, word: string): boolean {
  if (index < 0) return false
  for (let at = 0; at < word.length; at++) if (text.charCodeAt(index + at) !== word.charCodeAt(at)) return false
  return true
}
