/**
 * Turns a text into the source of a regular expression that matches exactly it. `RegExp.escape` does the same for machines: it
 * writes the first letter as a number and most punctuation as well. People read what is made here, in specs and in commands
 * to repeat.
 */

/** @example escapeRegExp('50% (max)') // "50% \\(max\\)" */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
