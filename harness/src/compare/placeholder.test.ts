import fc from 'fast-check'
import { parseJson } from '@slung/runtime'
import { expect, test } from 'vitest'
import { formatPlaceholder, matchesPlaceholder, parsePlaceholder } from './placeholder.ts'

/** Whether `actual` is what the placeholder written as `text` stands for. */
function matches(text: string, actual: unknown): boolean {
  const placeholder = parsePlaceholder(text)
  if (placeholder === null) throw new Error(`"${text}" is not a placeholder`)
  return matchesPlaceholder(placeholder, actual)
}

test('<any> stands for every present value', () => {
  for (const actual of [0, '', null, false, [], {}]) expect(matches('<any>', actual)).toBe(true)
  expect(matches('<any>', undefined)).toBe(false)
})

test('<number> and <string> stand for their type', () => {
  expect(matches('<number>', 41.2)).toBe(true)
  expect(matches('<number>', '41.2')).toBe(false)
  expect(matches('<string>', '41.2')).toBe(true)
  expect(matches('<string>', null)).toBe(false)
})

test('a regular expression is searched for in strings, with its flags', () => {
  expect(matches('</^sensor \\d+$/>', 'sensor 12')).toBe(true)
  expect(matches('</ALERT/i>', 'an alert')).toBe(true)
  expect(matches('</ALERT/>', 'an alert')).toBe(false)
  expect(matches('</4/>', 4)).toBe(false)
})

test('a regular expression may contain slashes and angle brackets', () => {
  expect(matches('</a/b<c>/>', 'a/b<c>')).toBe(true)
})

test('a tolerance includes both ends, despite the rounding of decimals', () => {
  for (const [text, actual] of [
    ['<41.2 ±0.05>', 41.25],
    ['<41.2 ±0.05>', 41.15],
    ['<1.0 ±0.1>', 1.1],
    ['<-5+-1>', -6],
    ['<1e3 +/- 1e-1>', 1000.1],
    ['<7 ±0>', 7],
  ] as const) {
    expect(matches(text, actual)).toBe(true)
  }
  expect(matches('<41.2 ±0.05>', 41.2501)).toBe(false)
  expect(matches('<41.2 ±0.05>', '41.2')).toBe(false)
})

test('a text that is not a placeholder stands for itself', () => {
  for (const text of ['', '<', '<>', 'any', '<any', 'a <any> b', '<b>bold</b>', '</p>text</p>']) {
    expect(parsePlaceholder(text)).toBeNull()
  }
})

test('a text that only looks like a placeholder is refused, with the way to expect it literally', () => {
  expect(() => parsePlaceholder('<nubmer>')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the placeholder "<nubmer>": did you mean <number>? (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^<nubmer>$/>")]`,
  )
  expect(() => parsePlaceholder('<br>')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the placeholder "<br>": there is no such placeholder (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^<br>$/>")]`,
  )
  expect(() => parsePlaceholder('<41.2>')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the placeholder "<41.2>": it has no tolerance; expected <41.2 ±0.05> (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^<41\\.2>$/>")]`,
  )
  expect(() => parsePlaceholder('</open>')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the placeholder "</open>": its regular expression has no closing slash (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^</open>$/>")]`,
  )
  expect(() => parsePlaceholder('</a(/>')).toThrow(`for exactly this text write "</^</a\\(/>$/>")`)
  expect(() => parsePlaceholder('</a/g>')).toThrowErrorMatchingInlineSnapshot(
    `[SlungError: cannot read the placeholder "</a/g>": its regular expression has the flag "g"; expected i, m, s, u or v (placeholders are <any>, <number>, <string>, </regex/>, <41.2 ±0.05>; for exactly this text write "</^</a/g>$/>")]`,
  )
})

test('the way to expect a text literally works', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), (inner) => {
      const text = `<${inner}>`
      try {
        parsePlaceholder(text)
      } catch (error) {
        const advice = /write "(.*)"\)$/s.exec(String(error))?.[1] ?? ''
        expect(matches(advice, text)).toBe(true)
      }
    }),
  )
})

test('a printed placeholder reads back as the same placeholder', () => {
  const placeholder = fc.oneof(
    fc.constantFrom('<any>', '<number>', '<string>', '</a\\/b/i>', '</[/]/>', '</\\d+<x>/su>'),
    fc
      .tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.double({ min: 0, max: 1e9, noNaN: true }))
      .map(([value, tolerance]) => `<${value} +-${tolerance}>`),
  )
  fc.assert(
    fc.property(placeholder, (text) => {
      const read = parsePlaceholder(text)
      expect(read).not.toBeNull()
      expect(parsePlaceholder(formatPlaceholder(read!))).toEqual(read)
    }),
  )
})

test('a number that no double holds is refused with the reason', () => {
  expect(() => parsePlaceholder('<1e400 ±1>')).toThrow(
    'cannot read the placeholder "<1e400 ±1>": 1e400 is too large for a double',
  )
  expect(() => parsePlaceholder('<1 ±1e400>')).toThrow('1e400 is too large for a double')
})

test('a tolerance around an integer is exact, however large the integer is', () => {
  const id = '<9007199254740993 ±0>'
  expect(matches(id, parseJson('9007199254740993'))).toBe(true)
  expect(matches(id, 9007199254740992)).toBe(false)
  expect(matches('<9007199254740993 ±2>', parseJson('9007199254740995'))).toBe(true)
  expect(matches('<9007199254740993 ±2>', parseJson('9007199254740996'))).toBe(false)
  expect(matches('<9000000000000000 ±0>', 9000000000000001)).toBe(false)
  expect(matches('<0.1 ±0>', parseJson('0.10000000000000001'))).toBe(true)
  expect(matches('<1 ±1>', parseJson('1e400'))).toBe(false)
  expect(formatPlaceholder(parsePlaceholder(id)!)).toBe(id)
})
