import { expect, test } from 'vitest'
import { inTime, isFound } from './in-time.ts'

test('an expression is found anywhere in a text, with or without a deadline around', () => {
  expect(isFound(/^2 /, '2 copies')).toBe(true)
  expect(isFound(/^(?:ab|cd)+$/, 'abcda')).toBe(false)
  expect(inTime(() => [isFound(/b+c?$/, 'abbc'), isFound(/[[a-z]--[b]]/v, 'b')])).toEqual([true, false])
})

test('a comparison that tries too many ways is ended, and the next one works', () => {
  const text = `${'a'.repeat(60)}b`
  expect(() => inTime(() => isFound(/^a/, text) && isFound(/^(a+)+$/, text), 100)).toThrow(
    'the placeholder "</^(a+)+$/>", tried on a text of 61 characters, takes longer than 0.1 s; expected a regular ' +
      'expression without a repetition inside another, as in (a+)+, and with few repetitions in a row',
  )
  expect(inTime(() => inTime(() => isFound(/^a/, text)))).toBe(true)
})

test('what a comparison throws comes through', () => {
  const error = new TypeError('no')
  const fail = (): never => {
    throw error
  }
  expect(() => inTime(fail)).toThrow(error)
})
