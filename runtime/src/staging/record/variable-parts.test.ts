import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJson } from '../../engine/model/json.ts'
import { isClockTime, variableParts } from './variable-parts.ts'

const polledAt = Date.UTC(2026, 0, 1, 9) * 1000 + 123_456
const clock = { polledAt, madeAt: polledAt + 2000 }

/** The parts in brackets. */
function marked(text: string): string {
  return variableParts(text, clock)
    .reverse()
    .reduce((shown, { start, end }) => `${shown.slice(0, start)}[${shown.slice(start, end)}]${shown.slice(end)}`, text)
}

test.each([
  ['Authorization: Bearer abc123def456', 'Authorization: [Bearer abc123def456]'],
  ['bearer of bad tidings, basic configuration', 'bearer of bad tidings, basic configuration'],
  ['see eyJhbGciOiJI.eyJzdWIiOiIx.c2ln here', 'see [eyJhbGciOiJI.eyJzdWIiOiIx.c2ln] here'],
  ['postgres://me:pw@db/x', 'postgres://[me:pw]@db/x'],
  ['GET https://a.example/?key=abc&zip=10115', 'GET https://a.example/?key=[abc]&zip=10115'],
  ['user=me&password=hunter2&x=1', 'user=me&password=[hunter2]&x=1'],
  ['"api_key": "abc", "level": "high"', '"api_key": "[abc]", "level": "high"'],
  ["password: 'a phrase, with \\' quote' ok", "password: '[a phrase, with \\' quote]' ok"],
  ['authorization: Basic dXNlcg', 'authorization: [Basic dXNlcg]'],
  ['temp 21.5 at sensor=1', 'temp 21.5 at sensor=1'],
])('secrets in %s', (text, expected) => {
  expect(marked(text)).toBe(expected)
})

test('times from the clock are those between the poll and the writeback, in every unit finer than a second', () => {
  expect(marked(`at ${polledAt + 5}`)).toBe(`at [${polledAt + 5}]`)
  expect(marked(`at ${Math.floor(polledAt / 1000)} ms`)).toBe(`at [${Math.floor(polledAt / 1000)}] ms`)
  expect(marked(`at ${polledAt + 5}000 ns`)).toBe(`at [${polledAt + 5}000] ns`)
  expect(marked('at 2026-01-01T09:00:00.124Z')).toBe('at [2026-01-01T09:00:00.124Z]')
  expect(marked('at 2026-01-01T10:00:00.1245+01:00')).toBe('at [2026-01-01T10:00:00.1245+01:00]')
})

test('other times stay: those of samples, and those in seconds', () => {
  const text = `${polledAt - 1}, ${Math.floor(polledAt / 1e6)}, 2026-01-01T08:59:59.999Z, 2026-01-01T09:00:00Z, ${clock.madeAt + 1}`
  expect(marked(text)).toBe(text)
})

test('numbers of JSON are times in microseconds, milliseconds, or seconds with a fraction', () => {
  expect(
    [polledAt, clock.madeAt, Math.floor(polledAt / 1000), (polledAt + 1000) / 1e6].map((n) => isClockTime(n, clock)),
  ).toEqual([true, true, true, true])
  expect([polledAt - 1, 21.5, 0, 1767225600].map((n) => isClockTime(n, clock))).toEqual([false, false, false, false])
})

test('times in nanoseconds are times in all their digits', () => {
  const isTime = (json: string): boolean => isClockTime(Number(parseJson(json)), clock)

  expect(isTime(`${polledAt + 5}123`)).toBe(true)
  expect(isTime(`${polledAt - 5}123`)).toBe(false)
  // As a double, this is in the next microsecond.
  expect(marked(`at ${clock.madeAt}999 ns`)).toBe(`at [${clock.madeAt}999] ns`)
})

test('law: parts are in order, apart, within the text and not empty', () => {
  const pieces = fc.constantFrom(
    'token=',
    'abc1',
    ' ',
    '&',
    'Bearer ',
    'x1234567',
    '://',
    '@',
    '?key=',
    '"',
    `${polledAt}`,
    '.',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (words) => {
      const text = words.join('')
      let end = 0
      for (const part of variableParts(text, clock)) {
        expect(part.start).toBeGreaterThanOrEqual(end)
        expect(part.end).toBeGreaterThan(part.start)
        end = part.end
      }
      expect(end).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 1000 },
  )
})

test('a long text full of beginnings is read to its end', () => {
  expect(variableParts('-eyJ'.repeat(16_000), clock)).toEqual([])
  expect(variableParts('a'.repeat(64_000), clock)).toEqual([])
})
