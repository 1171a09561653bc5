import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTimestamp, parseTimestampBytes } from './parse-timestamp.ts'
import { formatTimestamp, timestampMicrosMax } from './timestamp.ts'

test('an integer counts microseconds unless another unit is given', () => {
  expect(parseTimestamp('1767225607000000')).toBe(1_767_225_607_000_000)
  expect(parseTimestamp('1767225607', 's')).toBe(1_767_225_607_000_000)
  expect(parseTimestamp('1767225607123', 'ms')).toBe(1_767_225_607_123_000)
  expect(parseTimestamp('1767225607123456789', 'ns')).toBe(1_767_225_607_123_456)
  expect(parseTimestamp('-5', 's')).toBe(-5_000_000)
  expect(parseTimestamp('0007')).toBe(7)
  expect(parseTimestamp(' \t42 ')).toBe(42)
})

test('nanoseconds are floored, before 1970 too', () => {
  expect(parseTimestamp('1999', 'ns')).toBe(1)
  expect(parseTimestamp('999', 'ns')).toBe(0)
  expect(parseTimestamp('-1', 'ns')).toBe(-1)
  expect(parseTimestamp('-1000', 'ns')).toBe(-1)
  expect(parseTimestamp('-1001', 'ns')).toBe(-2)
})

test('zero has no sign', () => {
  expect(parseTimestamp('-0')).toBe(0)
  expect(parseTimestamp('-0', 'ns')).toBe(0)
})

test('RFC 3339 is read with any offset, in either letter case', () => {
  const micros = 1_767_225_607_000_000
  expect(parseTimestamp('2026-01-01T00:00:07Z')).toBe(micros)
  expect(parseTimestamp('2026-01-01t00:00:07z')).toBe(micros)
  expect(parseTimestamp('2026-01-01T01:00:07+01:00')).toBe(micros)
  expect(parseTimestamp('2025-12-31T18:30:07-05:30')).toBe(micros)
  expect(parseTimestamp('2026-01-01 00:00:07Z')).toBe(micros)
  expect(parseTimestamp('2026-01-01T00:00:07-00:00')).toBe(micros)
})

test('a date and a time with a space between are UTC', () => {
  expect(parseTimestamp('2013-12-02 21:15:00')).toBe(Date.UTC(2013, 11, 2, 21, 15) * 1000)
  expect(parseTimestamp('2013-12-02 21:15:00.25')).toBe(Date.UTC(2013, 11, 2, 21, 15, 0, 250) * 1000)
})

test('a fraction has up to nine digits and is floored to microseconds', () => {
  expect(parseTimestamp('1970-01-01T00:00:00.1Z')).toBe(100_000)
  expect(parseTimestamp('1970-01-01T00:00:00.123456Z')).toBe(123_456)
  expect(parseTimestamp('1970-01-01T00:00:00.123456999Z')).toBe(123_456)
  expect(parseTimestamp('1969-12-31T23:59:59.999999999Z')).toBe(-1)
  expect(parseTimestamp('1970-01-01T00:00:00.Z')).toBeNull()
  expect(parseTimestamp('1970-01-01T00:00:00.1234567890Z')).toBeNull()
})

test('a date must exist in the calendar', () => {
  expect(parseTimestamp('2024-02-29T00:00:00Z')).toBe(Date.UTC(2024, 1, 29) * 1000)
  expect(parseTimestamp('2000-02-29T00:00:00Z')).toBe(Date.UTC(2000, 1, 29) * 1000)
  const dates = ['2026-02-30', '2026-02-29', '1900-02-29', '2026-04-31', '2026-13-01', '2026-00-01', '2026-01-00']
  expect(dates.filter((date) => parseTimestamp(`${date}T00:00:00Z`) !== null)).toEqual([])
})

test('a text that is not a timestamp gives null', () => {
  const notIntegers = ['', ' ', '-', '+5', '1.5', '1e3', '0x10', '12a', 'now', 'NaN', '٣', '- 5']
  const notTimes = [
    '2026-01-01',
    '2026-01-01T00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-12-31T23:59:60Z',
  ]
  const notOffsets = ['', '+1:00', '+0100', '+01', '+24:00', '+01:60', 'Zx', 'ZZ', ' UTC'].map(
    (offset) => `2026-01-01T00:00:07${offset}`,
  )
  const notDates = ['2026-01-01_00:00:07Z', '2026/01/01 00:00:07', '2O26-01-01T00:00:07Z', '02026-01-01T00:00:07Z']
  const texts = [...notIntegers, ...notTimes, ...notOffsets, ...notDates]
  expect(texts.filter((text) => parseTimestamp(text) !== null)).toEqual([])
})

test('a time beyond the range is null as text and signed infinity as bytes', () => {
  const parseBytes = (text: string) => parseTimestampBytes(new TextEncoder().encode(text), 0, text.length, 'us')
  expect(parseTimestamp(String(timestampMicrosMax))).toBe(timestampMicrosMax)
  expect(parseTimestamp(String(-timestampMicrosMax))).toBe(-timestampMicrosMax)
  const late = ['9007199254740992', '9'.repeat(400), '9999-12-31T23:59:59.999999Z', '2255-06-05T23:47:34.740992Z']
  const early = ['-9007199254740992', '0000-01-01T00:00:00Z', '1684-07-28T00:12:25.259008Z']
  expect([...late, ...early].filter((text) => parseTimestamp(text) !== null)).toEqual([])
  expect(new Set(late.map(parseBytes))).toEqual(new Set([Number.POSITIVE_INFINITY]))
  expect(new Set(early.map(parseBytes))).toEqual(new Set([Number.NEGATIVE_INFINITY]))
  expect(parseBytes('yesterday')).toBeNaN()
})

test('law: what formatTimestamp prints is read back', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger().filter(Number.isSafeInteger), (micros) => {
      expect(parseTimestamp(formatTimestamp(micros))).toBe(micros + 0)
      expect(parseTimestamp(String(micros))).toBe(micros + 0)
    }),
  )
})

test('law: dates agree with Date', () => {
  const part = (max: number) => fc.nat(max).map((number) => String(number).padStart(2, '0'))
  const year = fc.integer({ min: 1685, max: 2254 })
  fc.assert(
    fc.property(year, part(13), part(32), part(24), part(60), part(60), (years, month, day, hour, minute, second) => {
      const text = `${years}-${month}-${day}T${hour}:${minute}:${second}Z`
      const millis = Date.parse(text)
      // Date takes 30 February for 2 March, and 24:00 for the next day.
      const exists = !Number.isNaN(millis) && new Date(millis).toISOString() === `${text.slice(0, -1)}.000Z`
      expect(parseTimestamp(text)).toBe(exists ? millis * 1000 : null)
    }),
    { numRuns: 1000 },
  )
})

test('law: seconds, milliseconds and nanoseconds agree with exact arithmetic', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 19n), 10n ** 19n), (count) => {
      const floored = count >= 0n || count % 1000n === 0n ? count / 1000n : count / 1000n - 1n
      const inRange = (micros: bigint) => (Number.isSafeInteger(Number(micros)) ? Number(micros) : null)
      expect(parseTimestamp(String(count), 'ns')).toBe(inRange(floored))
      expect(parseTimestamp(String(count / 1000n), 'ms')).toBe(inRange((count / 1000n) * 1000n))
      expect(parseTimestamp(String(count / 100_000n), 's')).toBe(inRange((count / 100_000n) * 1_000_000n))
    }),
  )
})
