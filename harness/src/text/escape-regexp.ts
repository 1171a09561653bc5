/** Turns a text into the source of a regular expression that matches exactly it. */

/** @example escapeRegExp('50% (max)') // "50% \\(max\\)" */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}
