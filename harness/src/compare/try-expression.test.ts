import { expect, test } from 'vitest'
import { isFound } from './try-expression.ts'

test('an expression is found anywhere in a text, however it is written', () => {
  expect(isFound(/^2 /, '2 copies')).toBe(true)
  expect(isFound(/b+c?$/, 'abbc')).toBe(true)
  expect(isFound(/^(?:ab|cd)+$/, 'abcdab')).toBe(true)
  expect(isFound(/^(?:ab|cd)+$/, 'abcda')).toBe(false)
  expect(isFound(/[[a-z]--[b]]/v, 'b')).toBe(false)
  expect(isFound(/(\w+) .* (\w+) .* \1$/, `a ${'b '.repeat(5000)}a`)).toBe(true)
})

test('an expression that tries too many ways is refused, and from then on without a try', () => {
  const endless = /^(a+)+$/
  const text = `${'a'.repeat(60)}b`

  expect(() => isFound(endless, text, 100)).toThrow(
    'cannot match the placeholder "</^(a+)+$/>" with a text of 61 characters within 0.1 s: its regular expression tries ' +
      'too many ways, expected one without a repetition inside another, as in (a+)+, and with few repetitions in a row',
  )
  expect(() => isFound(endless, 'aab')).toThrow('with a text of 61 characters')
})
