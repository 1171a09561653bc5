import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Located, LocatedScalar, Report } from './located.ts'
import { readDuration, readSignedDuration, readTime, readTimeOrOffset } from './read-located.ts'
import { resolveTime } from '../run/time-or-offset.ts'

type Reader<Value> = (located: Located, what: string, report: Report) => Value

/** What a reader makes of a value, or its complaint. */
function read<Value>(reader: Reader<Value>, value: LocatedScalar['value']): Value | string {
  const messages: string[] = []
  const result = reader({ kind: 'scalar', value, line: 1, column: 1 }, '"at" of a fault', (_at, message) =>
    messages.push(message),
  )
  return messages.length === 0 ? result : messages.join('\n')
}

test('a time is RFC 3339, a date and time in UTC, or microseconds', () => {
  expect(read(readTime, '1970-01-01T00:00:07Z')).toBe(7_000_000)
  expect(read(readTime, '1970-01-01 00:00:07.5')).toBe(7_500_000)
  expect(read(readTime, 7)).toBe(7)
  expect(read(readTime, 'noon')).toMatchInlineSnapshot(
    `""at" of a fault is the string "noon", expected a time: 2026-01-01T00:00:07Z, 2026-01-01 00:00:07 (UTC) or microseconds since 1970"`,
  )
  for (const value of [null, true, 1.5, '+10m', '']) expect(read(readTime, value)).toMatch('expected a time')
})

test('a time may be given as an offset from the start of the run', () => {
  expect(read(readTimeOrOffset, '+10m')).toEqual({ offset: 600_000_000 })
  expect(read(readTimeOrOffset, '+ 10 min')).toEqual({ offset: 600_000_000 })
  expect(read(readTimeOrOffset, '1970-01-01T00:00:07Z')).toEqual({ at: 7_000_000 })
  expect(resolveTime({ offset: 10 }, 7)).toBe(17)
  expect(resolveTime({ at: 10 }, 7)).toBe(10)
  expect(read(readTimeOrOffset, '+soon')).toMatchInlineSnapshot(
    `""at" of a fault is the string "+soon", expected + and a duration with its unit, such as +10m"`,
  )
  expect(read(readTimeOrOffset, 'soon')).toMatch('or +10m')
})

test('a duration has a unit, and only where it is a distance a sign', () => {
  expect(read(readDuration, '250ms')).toBe(250_000)
  expect(read(readDuration, '2 h')).toBe(7_200_000_000)
  expect(read(readSignedDuration, '-2s')).toBe(-2_000_000)
  expect(read(readSignedDuration, '+2s')).toBe(2_000_000)
  expect(read(readSignedDuration, '2s')).toBe(2_000_000)
  expect(read(readSignedDuration, '-0s')).toBe(0)
  for (const value of ['10', 10, '-2s', '1.5s', null, true]) {
    expect(read(readDuration, value)).toMatch('expected a duration such as 250ms, 10s or 2h')
  }
  for (const value of ['--2s', '-2', null]) expect(read(readSignedDuration, value)).toMatch('such as 2s or -250ms')
})

test('a list or a mapping is neither a time nor a duration', () => {
  const list: Located = { kind: 'list', items: [], line: 3, column: 4 }
  const lines: string[] = []
  const report: Report = ({ line, column }, message) => lines.push(`${line}:${column}: ${message}`)
  const readers = [readTime, readTimeOrOffset, readDuration, readSignedDuration]
  expect(readers.map((reader) => reader(list, '"x"', report))).toEqual([null, null, null, null])
  expect(lines.map((line) => line.slice(0, 19))).toEqual(Array(4).fill('3:4: "x" is a list,'))
})

test('no duration exceeds the range of times', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.constantFrom('ms', 's', 'd'), (count, unit) => {
      const micros = read(readDuration, `${count}${unit}`)
      expect(typeof micros === 'string' || Number.isSafeInteger(micros)).toBe(true)
    }),
  )
})

test('times and durations out of range are refused with the range', () => {
  expect(read(readTime, '99999999999999999999')).toMatchInlineSnapshot(
    `""at" of a fault is the string "99999999999999999999", expected microseconds since 1970 within ±9007199254740991"`,
  )
  expect(read(readTimeOrOffset, '+99999999999999999999w')).toMatchInlineSnapshot(
    `""at" of a fault is the string "+99999999999999999999w", expected + and a duration up to 14892w"`,
  )
  expect(read(readDuration, '14893w')).toMatchInlineSnapshot(
    `""at" of a fault is the string "14893w", expected a duration up to 14892w"`,
  )
  expect(read(readSignedDuration, '-14893w')).toMatchInlineSnapshot(
    `""at" of a fault is the string "-14893w", expected a duration up to 14892w"`,
  )
})
