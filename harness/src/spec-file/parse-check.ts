/** `check:` of a test: what the engine must answer at certain times. */
import { parseQuery, refuseGroups, type Query } from '@slung/runtime'
import type { Located, Report } from './located.ts'
import {
  attemptAt,
  doubleOf,
  found,
  placeOf,
  readFields,
  readList,
  readName,
  readPlaceholder,
  readTimeOrOffset,
} from './read-located.ts'
import { specKeys } from './spec-keys.ts'
import type { Check } from './spec.ts'

export function parseChecks(located: Located, report: Report): Check[] {
  const list = readList(located, '"check" of a test', 'a list of { at, query, equals }', report, 'at least one')
  return list?.flatMap((item) => parseCheck(item, report) ?? []) ?? []
}

function parseCheck(located: Located, report: Report): Check | null {
  const fields = readFields(located, 'a check', specKeys.check, report)
  if (fields === null) return null
  const [at, query, equals] = (['at', 'query', 'equals'] as const).map((key) => {
    const value = fields.get(key)
    if (value === undefined) report(located, `a check has no "${key}": expected { at, query, equals }`)
    return value
  })
  if (at === undefined || query === undefined || equals === undefined) return null
  const time = readTimeOrOffset(at, '"at" of a check', report)
  const text = readName(query, '"query" of a check', report)
  const parsed = text === null ? null : attemptAt(query, report, () => parseUngrouped(text))
  const expected = readEquals(equals, report)
  if (time === null || parsed === null || expected === undefined) return null
  return { at: time, query: parsed, equals: expected, ...placeOf(located) }
}

function parseUngrouped(text: string): Query {
  const query = parseQuery(text)
  refuseGroups(query)
  return query
}

/** `undefined` for what was reported. */
function readEquals(located: Located, report: Report): number | string | null | undefined {
  if (located.kind === 'scalar' && located.value === null) return null
  const double = doubleOf(located)
  if (double !== null) return double
  const placeholder = readPlaceholder(located, report)
  if (placeholder !== null) return placeholder
  const forms = 'a number, a placeholder such as <27.3 ±0.1>, or null'
  report(located, `"equals" of a check is ${found(located)}, expected ${forms}`)
  return undefined
}
