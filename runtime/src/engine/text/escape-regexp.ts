/**
 * Turns a text into the source of a regular expression that matches exactly that text. `RegExp.escape` does so for
 * machines: it writes the first letter and most punctuation as numbers. People read the result of this one, in specs
 * and in commands to repeat.
 */

/** @example escapeRegExp('50% (max)') // "50% \\(max\\)" */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
