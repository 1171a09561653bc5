/** Reads single values out of a located YAML tree: each function reports what it does not like and returns `null`. */
import { listWords, QuerySyntaxError, quoteJson, SlungError, suggest } from '@slung/runtime'
import type { Located, LocatedList, LocatedMapping, Report } from './located.ts'

/** The values of a mapping by key, and where it stands. */
export interface Fields extends Pick<LocatedMapping, 'line' | 'column'> {
  get(key: string): Located | undefined
  has(key: string): boolean
}

/**
 * The fields of a mapping. Keys that are not known are reported with the nearest one that is; the value is then taken for
 * that one's, so that a slip is told once and not again as what is missing.
 *
 * @param what - for messages, with its article: `a test`
 */
export function readFields(located: Located, what: string, known: readonly string[], report: Report): Fields | null {
  if (located.kind !== 'mapping') {
    report(located, `${what} is ${found(located)}, expected a mapping with ${listWords(known)}`)
    return null
  }
  const values = new Map<string, Located>()
  for (const { key, value } of located.entries) if (known.includes(key)) values.set(key, value)
  for (const entry of located.entries) {
    if (known.includes(entry.key)) continue
    const meant = suggest(entry.key, known)
    const hint = meant === null ? '' : `did you mean "${meant}"? `
    report(entry, `unknown key "${entry.key}" in ${what}: ${hint}known are ${listWords(known)}`)
    if (meant !== null && !values.has(meant)) values.set(meant, entry.value)
  }
  return {
    line: located.line,
    column: located.column,
    get: (key) => values.get(key),
    has: (key) => values.has(key),
  }
}

/** Any text, the empty one included. @param what - for messages: `"text" of an expected ws writeback` */
export function readText(located: Located, what: string, report: Report): string | null {
  const value = located.kind === 'scalar' ? located.value : null
  if (typeof value === 'string') return value
  const hint = value === null ? '' : ` (in quotes: "${value}")`
  report(located, `${what} is ${found(located)}, expected a text${hint}`)
  return null
}

/** A text that is not empty. */
export function readName(located: Located, what: string, report: Report): string | null {
  const text = readText(located, what, report)
  if (text !== '') return text
  report(located, `${what} is empty, expected a text`)
  return null
}

export function readFlag(located: Located | undefined, what: string, report: Report): boolean {
  if (located === undefined) return false
  if (located.kind === 'scalar' && typeof located.value === 'boolean') return located.value
  report(located, `${what} is ${found(located)}, expected true or false`)
  return false
}

/** @param of - what the list holds, for messages: `a list of tests` */
export function readList(located: Located, what: string, of: string, report: Report): LocatedList | null {
  if (located.kind === 'list') return located
  report(located, `${what} is ${found(located)}, expected ${of}`)
  return null
}

/** Performs `attempt`, turning an error about what is written there into a problem at that place. */
export function attemptAt<Result>(located: Located, report: Report, attempt: () => Result): Result | null {
  try {
    return attempt()
  } catch (error) {
    if (!(error instanceof SlungError || error instanceof QuerySyntaxError)) throw error
    report(located, error.message)
    return null
  }
}

/** What somebody wrote, for messages: `a list`, `the text "yes"`, `empty`. */
export function found(located: Located): string {
  if (located.kind !== 'scalar') return `a ${located.kind}`
  const { value } = located
  if (value === null || value === '') return 'empty'
  if (typeof value !== 'string') return `${typeof value} ${value}`
  return `the text ${quoteJson(value)}`
}
