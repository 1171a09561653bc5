import { expect, test } from 'vitest'
import { durationUnitNames } from './duration.ts'
import { parseDuration } from './parse-duration.ts'

test.each([
  ['250ms', 250_000],
  ['10s', 10_000_000],
  ['5 min', 300_000_000],
  ['1h', 3_600_000_000],
  ['90d', 7_776_000_000_000],
  ['2Weeks', 1_209_600_000_000],
  [' 0s ', 0],
])('"%s" is %d µs', (text, micros) => {
  expect(parseDuration(text)).toBe(micros)
})

test.each(['', '10', 's', '1.5h', '-1s', '1h30m', '10 fortnights', '1e3s', '10 s s'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeNull()
})

test('every unit of the query language is one here', () => {
  expect(durationUnitNames.filter((unit) => parseDuration(`1${unit}`) === null)).toEqual([])
})
