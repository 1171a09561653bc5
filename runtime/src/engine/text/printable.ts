/**
 * Foreign text on its way to a terminal or a log: it must not break the line, move the cursor or reverse the reading
 * direction. Where a caret points into the text, it keeps its length; where people look for what arrived, it keeps its
 * meaning.
 */

/** Replaces unprintable characters one by one: the result has the same length and is one line. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\t\n\r\u2028\u2029]/g, ' ')
    .replaceAll(unprintable, '\ufffd')
    .toWellFormed()
}

/** The same, line by line: what stands on several lines stays there. */
export function printableLines(text: string): string {
  return text.split(/\r?\n/).map(printable).join('\n')
}

/**
 * Shows unprintable characters as escapes such as `\u001b`, lone surrogates included: the result is longer, says what
 * was there, and is one line.
 */
export function escapeUnprintable(text: string): string {
  return text.replaceAll(
    unprintableOrLone,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  )
}

/** How many columns a terminal uses for one character: 0 for combining marks, 2 for wide East Asian ones and emoji. */
export function columnsOf(character: string): number {
  if (takesNoColumn.test(character)) return 0
  return takesTwoColumns.test(character) ? 2 : 1
}

// C0 and C1 controls, line separators, and characters that reorder the text around them (Unicode Standard Annex 9).
const unprintableClass = String.raw`\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069`
const unprintable = new RegExp(`[${unprintableClass}]`, 'g')
const unprintableOrLone = new RegExp(String.raw`[${unprintableClass}]|\p{Surrogate}`, 'gu')

const takesNoColumn = /^[\p{Mark}\p{Format}]$/u

// Wide and fullwidth characters per Unicode Standard Annex 11, by blocks: JavaScript has no property for them.
const wideBlocks = [
  String.raw`\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff`,
  String.raw`\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}`,
]
const takesTwoColumns = new RegExp(String.raw`^(?:\p{Emoji_Presentation}|[${wideBlocks.join('')}])$`, 'u')
