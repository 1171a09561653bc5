import { expect, test } from 'vitest'
import { createSeries, formatSeries, seriesKey } from './series.ts'

test('tags are a set: order and repetition do not matter', () => {
  const series = createSeries('temp', ['b=2', 'a=1', 'b=2'])

  expect(series).toEqual({ name: 'temp', tags: ['a=1', 'b=2'] })
  expect(seriesKey(series)).toBe(seriesKey(createSeries('temp', ['a=1', 'b=2'])))
  expect(formatSeries(series)).toBe('temp{a=1,b=2}')
  expect(formatSeries(createSeries('temp', []))).toBe('temp')
})

test('different names and tag sets have different keys, even with separators in them', () => {
  const keys = [
    createSeries('a', ['b', 'c']),
    createSeries('a', ['b,c']),
    createSeries('a,b', ['c']),
    createSeries('a b', ['c']),
    createSeries('a', ['b c']),
  ].map(seriesKey)

  expect(new Set(keys).size).toBe(keys.length)
})

test.each([
  ['an empty name', '', [], 'series name is empty'],
  ['an empty tag', 'temp', ['a', ''], 'tag is empty'],
  ['a control character', 'te\u0007mp', [], 'contains the control character U+0007'],
  ['a line feed in a tag', 'temp', ['a\nb'], 'contains the control character U+000a'],
  ['a lone surrogate', 'temp', ['a=\ud800'], 'not valid UTF-8'],
  ['a name of more than 1,024 bytes', 'é'.repeat(513), [], 'is 1026 bytes long'],
  ['more than 64 tags', 'temp', Array.from({ length: 65 }, (_, index) => `t${index}`), 'has 65 tags'],
])('%s is refused', (_what, name, tags, message) => {
  expect(() => createSeries(name, tags)).toThrow(message)
})

test('the limits themselves are allowed', () => {
  const tags = Array.from({ length: 64 }, (_, index) => `${index}`.padStart(2, '0'))

  expect(createSeries('é'.repeat(512), tags).tags).toEqual(tags)
})
