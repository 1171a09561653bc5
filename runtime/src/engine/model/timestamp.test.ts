import { expect, test } from 'vitest'
import { assertTimestamp, formatTimestamp, timestampMicrosMax } from './timestamp.ts'

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1, '1970-01-01T00:00:00.000001Z'],
  [1_500_000, '1970-01-01T00:00:01.500Z'],
  [-1, '1969-12-31T23:59:59.999999Z'],
  [1_767_225_607_000_000, '2026-01-01T00:00:07Z'],
  [timestampMicrosMax, '2255-06-05T23:47:34.740991Z'],
  [-timestampMicrosMax, '1684-07-28T00:12:25.259009Z'],
])('%d is printed as %s', (micros, text) => {
  expect(formatTimestamp(micros)).toBe(text)
})

test.each([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('%d is not a timestamp', (value) => {
  expect(() => assertTimestamp(value)).toThrow(String(value))
})
