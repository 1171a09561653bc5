/**
 * Text from a query on its way to a terminal or a log: nothing in it may break the line, move the cursor or turn the
 * reading direction around, and its width in columns decides where a caret goes.
 */

/** Replaces what is not fit to print, character by character: the result has the same length, on one line. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\t\n\r\u2028\u2029]/g, ' ')
    .replaceAll(unprintable, '\ufffd')
    .toWellFormed()
}

/** Quotes a piece of a query in an error message, cut short when it is long. */
export function shown(text: string): string {
  return `"${text.length <= shownUnitsMax ? text : `${text.slice(0, shownUnitsMax)}…`}"`
}

/** How many columns a terminal uses for one character: 0 for combining marks, 2 for wide East Asian ones and emoji. */
export function columnsOf(character: string): number {
  if (takesNoColumn.test(character)) return 0
  return takesTwoColumns.test(character) ? 2 : 1
}

// Long enough to recognise a word by, short enough for one line of error text.
const shownUnitsMax = 40

// Control characters, and those that reorder what stands around them (Unicode Standard Annex 9).
// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const takesNoColumn = /^[\p{Mark}\p{Format}]$/u

// Wide and fullwidth after Unicode Standard Annex 11, by blocks: JavaScript has no property for it.
const wideBlocks = [
  String.raw`\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff`,
  String.raw`\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}`,
]
const takesTwoColumns = new RegExp(String.raw`^(?:\p{Emoji_Presentation}|[${wideBlocks.join('')}])$`, 'u')
