/** Text of guests and fixtures on its way to a terminal: nothing in it may break the line or move the cursor. */

/** Shows control characters, and those that turn the reading direction around, as `\u001b`. The result is one line. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Cuts a text that is too long and says what is missing: `abc… (12 more)`. */
export function shorten(text: string, unitsMax: number): string {
  if (text.length <= unitsMax) return text
  const kept = text.slice(0, unitsMax).replace(/[\ud800-\udbff]$/, '')
  return `${kept}… (${text.length - kept.length} more)`
}

/** @example plural(2, 'row') // "2 rows" */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

// C0 and C1 controls, line separators, and the bidirectional controls of Unicode Standard Annex 9.
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
