import { expect, test } from 'vitest'
import { listWords, plural } from './words.ts'

test('one is singular; zero and many are plural', () => {
  expect(plural(0, 'row')).toBe('0 rows')
  expect(plural(1, 'row')).toBe('1 row')
  expect(plural(12_345, 'row')).toBe('12,345 rows')
})

test('the last of several words has a conjunction before it', () => {
  expect(listWords([])).toBe('')
  expect(listWords(['http'])).toBe('http')
  expect(listWords(['http', 'ws'])).toBe('http and ws')
  expect(listWords(['http', 'ws', 'event'], 'or')).toBe('http, ws or event')
})
