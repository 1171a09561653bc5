/** Writes counts and lists as a person would. */

/** @example grouped(12_345) // "12,345" */
export function grouped(count: number): string {
  return count.toLocaleString('en-US')
}

/** @example plural(12_345, 'row') // "12,345 rows" */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`
}

/** @example listWords(['http', 'ws', 'event'], 'or') // "http, ws or event" */
export function listWords(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}
