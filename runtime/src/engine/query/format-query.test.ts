import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatQuery } from './format-query.ts'
import { parseQuery, queryBytesMax } from './parse-query.ts'
import type { Query, TagExpression, TimeBound } from './query.ts'

test('the canonical text spells everything out', () => {
  expect(formatQuery(parseQuery(' avg : temp , hum,temp : [ a, b NOT c ] : [ 60 MIN ] '))).toBe(
    'AVG:temp,hum:[a AND b AND NOT c]:[1h,now]',
  )
  expect(formatQuery(parseQuery('count:x:[ ]'))).toBe('COUNT:x:[]')
})

test('parentheses stand where AND and OR meet, and where grouping is not from left to right', () => {
  expect(tagsAgain('a OR b AND c')).toBe('(a OR b) AND c')
  expect(tagsAgain('a AND b AND c')).toBe('a AND b AND c')
  expect(tagsAgain('a AND (b AND c)')).toBe('a AND (b AND c)')
  expect(tagsAgain('((a)) OR (NOT b)')).toBe('a OR NOT b')
  expect(tagsAgain('NOT NOT NOT a')).toBe('NOT a')
  expect(tagsAgain('NOT (NOT a)')).toBe('NOT (NOT a)')
})

test('quotes stand only where they are needed', () => {
  expect(tagsAgain('"host=a", "path=/a b", "not", "a\\"b\\\\"')).toBe(
    'host=a AND "path=/a b" AND "not" AND "a\\"b\\\\"',
  )
  expect(formatQuery(parseQuery('SUM:"room temp","ns:temp"," x":[]'))).toBe('SUM:room temp,"ns:temp"," x":[]')
})

test('durations are written in the longest unit that fits', () => {
  expect(formatQuery(parseQuery('AVG:x:[]:[14d,90m]'))).toBe('AVG:x:[]:[2w,90m]')
  expect(formatQuery(parseQuery('AVG:x:[]:[0h,-5]'))).toBe('AVG:x:[]:[0s,-5]')
})

test('parsing the canonical text gives the same query, and no text twice', () => {
  fc.assert(
    fc.property(queries, (query) => {
      const text = formatQuery(query)
      const parsed = parseQuery(text)

      expect({ ...parsed, text: '', warnings: [] }).toEqual(query)
      expect(formatQuery(parsed)).toBe(text)
      expect(parsed.warnings.filter((warning) => warning.includes('left to right'))).toEqual([])
    }),
    { numRuns: 500 },
  )
})

// Characters that names may contain and that mean something elsewhere in a query.
const names = fc.oneof(
  fc.constantFrom(
    'temp',
    'and',
    'OR',
    'Not',
    'now',
    'a b',
    ' a',
    'ns:x',
    '[::1]',
    'a,b',
    '"',
    '\\',
    'a\u00a0b',
    '温度',
  ),
  fc.string({ unit: fc.constantFrom(...'aé温😀 ,:[]()"\\=!*'), minLength: 1, maxLength: 6 }),
)

const { expression: expressions } = fc.letrec<{ expression: TagExpression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    names.map((tag): TagExpression => ({ kind: 'tag', tag })),
    tie('expression').map((operand): TagExpression => ({ kind: 'not', operand })),
    fc.record({ kind: fc.constantFrom('and', 'or'), left: tie('expression'), right: tie('expression') }),
  ),
}))

const keys = names.map((name) => name.replaceAll('=', '')).filter((name) => name !== '')

const bounds: fc.Arbitrary<TimeBound> = fc.oneof(
  fc.constant<TimeBound>({ kind: 'now' }),
  fc.nat(9_000_000_000).map((seconds): TimeBound => ({ kind: 'ago', micros: seconds * 1_000_000 })),
  fc.maxSafeInteger().map((timestamp): TimeBound => ({ kind: 'at', timestamp })),
)

const queries: fc.Arbitrary<Query> = fc
  .record<Query>({
    kind: fc.constant('query'),
    operator: fc.constantFrom('AVG', 'MIN', 'MAX', 'SUM', 'COUNT'),
    series: fc.uniqueArray(names, { minLength: 1, maxLength: 16 }),
    tags: fc.oneof(fc.constant<TagExpression>({ kind: 'everything' }), expressions),
    groupBy: fc.constant([]),
    range: fc.option(fc.record({ kind: fc.constant('range'), first: bounds, second: bounds })),
    text: fc.constant(''),
    warnings: fc.constant([]),
  })
  .chain((query) => fc.uniqueArray(keys, { maxLength: 3 }).map((groupBy) => groupedBy(query, groupBy)))
  .filter((query) => new TextEncoder().encode(formatQuery(query)).length <= queryBytesMax)

function groupedBy(query: Query, groupBy: readonly string[]): Query {
  const tags = groupBy.reduce<TagExpression>((left, key) => {
    const right: TagExpression = { kind: 'key', key }
    return left.kind === 'everything' ? right : { kind: 'and', left, right }
  }, query.tags)
  return { ...query, tags, groupBy }
}

function tagsAgain(tags: string): string {
  return /\[(.*)\]$/.exec(formatQuery(parseQuery(`AVG:x:[${tags}]`)))?.[1] ?? ''
}
