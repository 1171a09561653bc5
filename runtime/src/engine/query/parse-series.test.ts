import { expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'

test('a name may contain spaces, parentheses and signs', () => {
  expect(parseQuery('AVG:room temp (°C)/2 = x:[]').series).toEqual(['room temp (°C)/2 = x'])
})

test('what separates names is written in quotes, with backslash escapes', () => {
  expect(parseQuery('AVG:"a:b" , "c,d","[e]", "f\\"g\\\\h"," i ":[]').series).toEqual([
    'a:b',
    'c,d',
    '[e]',
    'f"g\\h',
    ' i ',
  ])
})

test.for([
  ['AVG::[]', 4, 'series name is empty'],
  ['AVG:"":[]', 4, 'series name is empty'],
  ['AVG:a,,b:[]', 6, 'series name is empty'],
  ['AVG:a,:[]', 6, 'series name is empty'],
  ['AVG:5" pipe:[]', 5, 'found " after the series name'],
  ['AVG:"a" b:[]', 8, 'found b after the series name'],
  ['AVG:a]:[]', 5, 'found ] after the series name'],
  ['AVG:"a:[]', 4, 'the quote that opens here is never closed'],
  ['AVG:"a\\n":[]', 6, 'found the escape "\\n"'],
  ['AVG:a\u00a0b:[]', 5, 'found the space character U+00A0'],
  ['AVG:a\u0007:[]', 4, 'contains the control character U+0007'],
  [`AVG:${'x'.repeat(1025)}:[]`, 4, 'is 1025 bytes long; at most 1024 are allowed'],
] as const)('%j is refused', ([text, offset, problem]) => {
  expect(() => parseQuery(text)).toThrow(
    expect.objectContaining({ code: 'bad-query', offset, message: expect.stringContaining(problem) }),
  )
})
