import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery, queryBytesMax } from './parse-query.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'

test('a query has an operator, series, tags and a range', () => {
  const text = 'AVG:temp:[host=a]:[1h,now]'

  expect(parseQuery(text)).toEqual({
    kind: 'query',
    groupBy: [],
    operator: 'AVG',
    series: ['temp'],
    tags: { kind: 'tag', tag: 'host=a' },
    range: { kind: 'range', first: { kind: 'ago', micros: 3_600_000_000 }, second: { kind: 'now' } },
    text,
    warnings: [],
  })
})

test('without a range, a query covers all time; with empty brackets, all series of the name', () => {
  expect(parseQuery('COUNT:errors:[]')).toMatchObject({ tags: { kind: 'everything' }, range: null })
  expect(parseQuery('COUNT:errors:[ ]')).toMatchObject({ tags: { kind: 'everything' }, range: null })
})

test('operators are written in any letter case', () => {
  expect(parseQuery('avg:x:[]').operator).toBe('AVG')
  expect(parseQuery('Count:x:[]').operator).toBe('COUNT')
})

test('several series are separated by commas, and each counts once', () => {
  expect(parseQuery('MAX: temp , hum,temp :[]').series).toEqual(['temp', 'hum'])
})

test('spaces and line ends around the parts do not matter', () => {
  const query = parseQuery('\n AVG : temp : [ host=a ] : [ 1h , now ] \r\n')

  expect({ ...query, text: '' }).toEqual({ ...parseQuery('AVG:temp:[host=a]:[1h,now]'), text: '' })
})

test('a colon inside brackets or quotes is an ordinary character', () => {
  const query = parseQuery('SUM:"ns:temp",room temp:[url=http://host:80/]')

  expect(query.series).toEqual(['ns:temp', 'room temp'])
  expect(query.tags).toEqual({ kind: 'tag', tag: 'url=http://host:80/' })
  expect(parseQuery('SUM:x:["ip=[::1]:80"]').tags).toEqual({ kind: 'tag', tag: 'ip=[::1]:80' })
})

test('a query is deeply frozen', () => {
  const query = parseQuery('AVG:temp:[a AND NOT (b OR c)]:[1h,5]')

  expect(unfrozen(query)).toEqual([])
})

test('as many series, tags and bytes as allowed are read, and one more is refused', () => {
  const listOf = (count: number): string => Array.from({ length: count }, (_, index) => `n${index}`).join(',')

  expect(parseQuery(`SUM:${listOf(16)}:[${listOf(32)}]`).series).toHaveLength(16)
  expect(refusedAt(`SUM:${listOf(17)}:[]`)).toBe(`SUM:${listOf(16)},`.length)
  expect(refusedAt(`SUM:x:[${listOf(33)}]`)).toBe(`SUM:x:[${listOf(32)},`.length)

  // Operators are not counted.
  expect(() => parseQuery(`SUM:x:[NOT ${listOf(32).replaceAll(',', ' AND NOT ')}]`)).not.toThrow()

  const full = `SUM:x:[${'é'.repeat(500)}]`
  const spaces = ' '.repeat(queryBytesMax - new TextEncoder().encode(full).length)
  expect(parseQuery(full + spaces).operator).toBe('SUM')
  expect(refusedAt(`${full}${spaces} `)).toBe((full + spaces).length)
})

test('a message shows the place, even after characters of other widths', () => {
  const message = [
    'cannot parse the query: found "b" after "a", expected AND, OR, NOT, a comma or ]',
    '  AVG:温度:[a b]',
    '              ^',
    'did you mean a AND b, or "a b" for one tag with a space',
  ].join('\n')

  expect(() => parseQuery('AVG:温度:[a b]')).toThrow(expect.objectContaining({ message }))
})

test.for([
  // Operator
  ['', 0, 'found no operator', 'a query looks like AVG:temp:[] or AVG:temp:[host=a]:[1h]'],
  [' AGV:temp:[]', 1, 'found the operator "AGV"', 'did you mean AVG'],
  ['AVGX:temp:[]', 0, 'found the operator "AVGX"', 'did you mean AVG'],
  ['mean:temp:[]', 0, 'found the operator "mean"', 'did you mean AVG'],
  ['avg temp:[]', 0, 'found the operator "avg temp"', 'put a colon after avg'],
  ['temp:[a]', 0, 'found the operator "temp"', 'a query looks like AVG:temp:[] or AVG:temp:[host=a]:[1h]'],
  ['AVG', 3, 'the series is missing', 'a query looks like AVG:temp:[] or AVG:temp:[host=a]:[1h]'],
  ['AVG:', 4, 'series name is empty', 'a query names a series, as in AVG:temp:[]'],
  // Missing and stray parts
  ['COUNT:errors', 12, 'the tags are missing', 'did you mean COUNT:errors:[]'],
  ['COUNT:errors:', 13, 'the tags are missing', 'write [] for all tags'],
  ['COUNT:errors::[1h]', 13, 'the tags are missing', 'write [] for all tags'],
  ['AVG:temp[a]', 8, 'found [ after the series', 'did you mean AVG:temp:[a]'],
  ['AVG:temp:host=a :[1h]', 9, 'found the tags "host=a" without brackets', 'did you mean [host=a]'],
  ['AVG:temp:host=a]', 9, 'found the tags "host=a]" without brackets', 'did you mean [host=a]'],
  ['AVG:ns:temp:[]', 7, 'found the tags "temp" without brackets', 'a series name with a colon needs quotes: "ns:temp"'],
  ['AVG:temp:[] [1h]', 12, 'found "[1h]" after the tags', 'put a colon before the range'],
  ['AVG:temp:[]:', 12, 'the range is missing', 'leave out the colon for all time'],
  ['AVG:temp:[]:1h', 12, 'found the range "1h" without brackets', 'did you mean [1h]'],
  ['AVG:temp:[]:[1h]:x', 16, 'found ":x" after the range', 'a query has four parts: OP:SERIES:[TAGS]:[RANGE]'],
] as const)('%j is refused with the place and the remedy', ([text, offset, problem, hint]) => {
  const message = expect.stringContaining(`cannot parse the query: ${problem}`)

  expect(() => parseQuery(text)).toThrow(expect.objectContaining({ query: text, offset, hint, message }))
})

test('any text is a query or refused with a place inside it', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom('AVG', ':', 'temp', '[', ']', '(', ')', ',', '"', '\\', ' ', '\n', 'AND', 'or', 'Not', 'a=b'),
      fc.constantFrom('now', '1h', '-', '1.5h', '1700000000', '9'.repeat(30), '\u00a0', '\u0000', '\ud800', '温', '😀'),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 30 },
  )
  // Used as a whole query, as series, as tags and as range, so that every part is reached.
  const texts = fc
    .tuple(
      fc.constantFrom(['', ''], ['AVG:', ':[]'], ['AVG:x:[', ']'], ['AVG:x:[a ', ']'], ['AVG:x:[]:[', ']']),
      pieces,
    )
    .map(([[head, tail], middle]) => `${head}${middle.join('')}${tail}`)

  fc.assert(
    fc.property(texts, (text) => {
      const offset = refusedAt(text)

      expect(offset).toBeGreaterThanOrEqual(0)
      expect(offset).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 2000 },
  )
})

/** 0 for a text that is a query; rethrows everything except a `QuerySyntaxError`. */
function refusedAt(text: string): number {
  try {
    expect(parseQuery(text).text).toBe(text)
    return 0
  } catch (error) {
    if (error instanceof QuerySyntaxError) return error.offset
    throw error
  }
}

function unfrozen(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozen)]
}
