/** Several words as a person would list them. */

/** @example listWords(['http', 'ws', 'event'], 'or') // "http, ws or event" */
export function listWords(words: readonly string[], conjunction: 'and' | 'or' = 'and'): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`
}
