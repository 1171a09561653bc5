import { expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'
import type { TagExpression } from './query.ts'

const tag = (text: string): TagExpression => ({ kind: 'tag', tag: text })
const not = (operand: TagExpression): TagExpression => ({ kind: 'not', operand })
const and = (left: TagExpression, right: TagExpression): TagExpression => ({ kind: 'and', left, right })
const or = (left: TagExpression, right: TagExpression): TagExpression => ({ kind: 'or', left, right })
const [a, b, c, d] = [tag('a'), tag('b'), tag('c'), tag('d')]

test('operators apply from left to right with equal precedence', () => {
  expect(tagsOf('a AND b OR c')).toEqual(or(and(a, b), c))
  expect(tagsOf('a OR b AND c')).toEqual(and(or(a, b), c))
  expect(tagsOf('a or b And c oR d')).toEqual(or(and(or(a, b), c), d))
})

test('parentheses group', () => {
  expect(tagsOf('a OR (b AND c)')).toEqual(or(a, and(b, c)))
  expect(tagsOf('((a))')).toEqual(a)
  expect(tagsOf('(a)AND(b)')).toEqual(and(a, b))
})

test('a comma means AND', () => {
  expect(tagsOf('a,b , c')).toEqual(and(and(a, b), c))
  expect(tagsOf('a, NOT b')).toEqual(and(a, not(b)))
})

test('NOT applies to the operand after it, and twice cancels out', () => {
  expect(tagsOf('NOT a AND b')).toEqual(and(not(a), b))
  expect(tagsOf('NOT NOT a')).toEqual(a)
  expect(tagsOf('NOT (a OR b)')).toEqual(not(or(a, b)))
  expect(tagsOf('NOT (NOT a)')).toEqual(not(not(a)))
})

test('NOT between two operands means AND NOT', () => {
  expect(tagsOf('a NOT b')).toEqual(and(a, not(b)))
  expect(tagsOf('a NOT NOT b')).toEqual(and(a, b))
  expect(tagsOf('a OR b NOT c')).toEqual(and(or(a, b), not(c)))
})

test('a tag is any text; quotes are for what means something in a query', () => {
  expect(tagsOf('url=http://x:80/?a=b&c')).toEqual(tag('url=http://x:80/?a=b&c'))
  expect(tagsOf('path=C:\\dir')).toEqual(tag('path=C:\\dir'))
  expect(tagsOf('"path=/a b"')).toEqual(tag('path=/a b'))
  expect(tagsOf('"a,b]:[(\\"\\\\"')).toEqual(tag('a,b]:[("\\'))
  expect(tagsOf('"NOT"')).toEqual(tag('NOT'))
  expect(tagsOf('notes AND order')).toEqual(and(tag('notes'), tag('order')))
})

test('AND and OR at one level cause a warning with the reading', () => {
  const warning = (reading: string): string[] => [
    `AND and OR without parentheses are read from left to right: [${reading}]`,
  ]

  expect(warningsOf('a OR b AND c')).toEqual(warning('(a OR b) AND c'))
  expect(warningsOf('a OR b, c')).toEqual(warning('(a OR b) AND c'))
  expect(warningsOf('a OR b NOT c')).toEqual(warning('(a OR b) AND NOT c'))
  expect(warningsOf('NOT (a OR b AND c)')).toEqual(warning('NOT ((a OR b) AND c)'))
  expect(warningsOf('a OR (b AND c)')).toEqual([])
  expect(warningsOf('a OR NOT b')).toEqual([])
  expect(warningsOf('a AND b, c NOT d')).toEqual([])
})

test('a spelling of another language causes a warning, unless it is in quotes', () => {
  expect(warningsOf('host!=a')).toEqual([
    'the tag "host!=a" is compared as it is written; for "is not", write NOT host=a',
  ])
  expect(warningsOf('!muted')).toEqual(['the tag "!muted" is compared as it is written; for "is not", write NOT muted'])
  expect(warningsOf('host=~web.+')).toEqual([
    'the tag "host=~web.+" is compared as it is written; there are no regular expressions',
  ])
  expect(warningsOf('host=web*')).toEqual([
    'the tag "host=web*" is compared as it is written; a star stands only for the whole value of a key, as in host=*',
  ])
  expect(warningsOf("'host=a'")).toEqual([`the tag "'host=a'" is compared as it is written; only " quotes a tag`])
  expect(warningsOf('"host!=a", "host=web*"')).toEqual([])
  expect(warningsOf("host=a, name=o'brien, muted!")).toEqual([])
})

test('a key with a star requires the key and groups by its value', () => {
  const key = (text: string): TagExpression => ({ kind: 'key', key: text })

  expect(parseQuery('AVG:x:[room=*]')).toMatchObject({ tags: key('room'), groupBy: ['room'], warnings: [] })
  expect(parseQuery('AVG:x:[a, (site=* AND (room=*)) NOT b, room=*]')).toMatchObject({
    tags: and(and(and(a, and(key('site'), key('room'))), not(b)), key('room')),
    groupBy: ['site', 'room'],
  })
  expect(parseQuery('AVG:x:["room no"=*, "AND"=*]')).toMatchObject({ groupBy: ['room no', 'AND'] })
  expect(parseQuery('AVG:x:[NOT NOT room=*]').groupBy).toEqual(['room'])
  expect(parseQuery('AVG:x:[a OR b AND room=*]').groupBy).toEqual(['room'])
  expect(parseQuery('AVG:x:[]').groupBy).toEqual([])
})

test('a star in quotes, or with anything else, is an ordinary character', () => {
  for (const text of ['"room=*"', '*', '=*', 'room=a*', 'room=**', 'a=b=*', 'host!=*', '!room=*', "'room'=*"]) {
    expect(parseQuery(`AVG:x:[${text}]`)).toMatchObject({
      tags: tag(text.replaceAll('"', '')),
      groupBy: [],
      warnings: text.startsWith('"') ? [] : [expect.stringContaining('is compared as it is written')],
    })
  }
})

test.for([
  ['NOT room=*', 11, 'found room=* under NOT', 'name the value that must not be there, such as room=a'],
  ['a AND NOT (b, "r x"=*)', 21, 'found "r x"=* under NOT', 'name the value that must not be there, such as "r x=a"'],
  ['room=* OR a', 7, 'found room=* under OR', 'put the tags with OR in parentheses: room=* AND (a OR b)'],
  ['room=* AND a OR b', 7, 'found room=* under OR', 'put the tags with OR in parentheses: room=* AND (a OR b)'],
  ['a, (b OR (room=*))', 17, 'found room=* under OR', 'put the tags with OR in parentheses: room=* AND (a OR b)'],
  ['a room=*', 9, 'found room=* after "a"', 'join the two with AND'],
  ['"a=b"=*', 12, 'the tag "a=b" continues after its closing quote', 'did you mean "a=b=*"'],
  ['a b', 9, 'found "b" after "a"', 'did you mean a AND b, or "a b" for one tag with a space'],
  ['a "b c"', 9, 'found "b c" after "a"', 'join the two with AND or OR'],
  ['a (b)', 9, 'found ( after "a"', 'join the two with AND or OR'],
  ['(a) b', 11, 'found "b" after )', 'join the two with AND or OR'],
  ['host = a', 12, 'found "=" after "host"', 'write key=value without spaces'],
  ['host= a', 13, 'found "a" after "host="', 'write key=value without spaces'],
  ['a && b', 9, 'found "&&" after "a"', 'did you mean AND'],
  ['a ADN b', 9, 'found "ADN" after "a"', 'did you mean AND'],
  ['a AND', 12, 'found ], expected a tag after AND', 'remove AND, or add a tag after it'],
  ['AND a', 7, 'found AND, expected a tag', 'write "AND" in quotes if it is a tag'],
  ['a AND or b', 13, 'found or, expected a tag after AND', 'write "or" in quotes if it is a tag'],
  ['not', 10, 'found ], expected a tag after not', 'remove not, or add a tag after it'],
  ['a,,b', 9, 'found a comma, expected a tag after a comma', 'remove the comma, or add a tag after it'],
  ['a,', 9, 'found ], expected a tag after a comma', 'remove the comma, or add a tag after it'],
  [',a', 7, 'found a comma, expected a tag', 'remove the comma, or add a tag before it'],
  ['()', 8, 'found ), expected a tag', 'remove the empty parentheses'],
  ['(a', 7, 'the parenthesis that opens here is never closed', 'close it with )'],
  ['a)', 8, 'found ) without a parenthesis to close', 'remove it, or open one with ('],
  ['a[0]', 8, 'found [ inside the tags', 'put a tag that contains brackets in quotes'],
  ['a:[1h', 9, 'found [ inside the tags', 'close the tags with ] before the colon'],
  ['host="a b"', 12, 'found a quote inside the tag "host="', 'did you mean "host=a b"'],
  ['host="', 12, 'found a quote inside the tag "host="', 'put the whole tag in quotes'],
  ['"host"=a', 13, 'the tag "host" continues after its closing quote', 'did you mean "host=a"'],
  ['"a""b"', 10, 'the tag "a" continues after its closing quote', 'inside quotes, \\" stands for a quote'],
  ['"a', 7, 'the quote that opens here is never closed', 'close it with "'],
  ['"C:\\dir"', 10, 'found the escape "\\d"', 'write \\\\ for one backslash'],
  ['""', 7, 'tag is empty', 'write [] for all tags'],
  ['a\u2003b', 8, 'found the space character U+2003', 'retype the space'],
  ['"a\tb"', 7, 'contains the control character U+0009', null],
  ['a\ud800', 7, 'is not valid UTF-8', null],
  [`${'('.repeat(33)}a${')'.repeat(33)}`, 39, 'found parentheses 33 deep', 'remove parentheses that group nothing'],
] as const)('[%s] is refused with the place and the remedy', ([tags, offset, problem, hint]) => {
  expect(() => tagsOf(tags)).toThrow(
    expect.objectContaining({ code: 'bad-query', offset, hint, message: expect.stringContaining(problem) }),
  )
})

test('tags whose bracket is never closed are refused at the bracket', () => {
  expect(() => parseQuery('AVG:x:[a AND b')).toThrow(expect.objectContaining({ offset: 6, hint: 'close it with ]' }))
})

function tagsOf(tags: string): TagExpression {
  return parseQuery(`AVG:x:[${tags}]`).tags
}

function warningsOf(tags: string): readonly string[] {
  return parseQuery(`AVG:x:[${tags}]`).warnings
}
