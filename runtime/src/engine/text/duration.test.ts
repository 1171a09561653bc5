import { expect, test } from 'vitest'
import {
  durationUnitNames,
  expectedDuration,
  formatDuration,
  formatDurationRoughly,
  parseDuration,
} from './duration.ts'

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

test.each(['', '10', 's', '1.5h', '-1s', '1h30m', '10 fortnights', '1e3s', '10 s s'])(
  '"%s" is not a duration',
  (text) => {
    expect(parseDuration(text)).toBeNull()
  },
)

test('a text is not a duration when no timestamp could move that far', () => {
  expect(parseDuration('9007199254740ms')).toBe(9_007_199_254_740_000)
  expect(parseDuration('9007199254741ms')).toBeNull()
  expect(parseDuration('99999999999999999999w')).toBeNull()
})

test('every unit of the query language is a unit here', () => {
  expect(durationUnitNames.filter((unit) => parseDuration(`1${unit}`) === null)).toEqual([])
})

test('a duration is written exactly in the longest unit that divides it', () => {
  expect(formatDuration(0)).toBe('0s')
  expect(formatDuration(-0)).toBe('0s')
  expect(formatDuration(7)).toBe('7µs')
  expect(formatDuration(1500)).toBe('1500µs')
  expect(formatDuration(-250_000)).toBe('-250ms')
  expect(formatDuration(90_000_000)).toBe('90s')
  expect(formatDuration(5_400_000_000)).toBe('90m')
  expect(formatDuration(604_800_000_000)).toBe('1w')
})

test('a duration for people shows its two largest units', () => {
  expect(formatDurationRoughly(0)).toBe('0s')
  expect(formatDurationRoughly(7)).toBe('7µs')
  expect(formatDurationRoughly(1_000_000)).toBe('1s')
  expect(formatDurationRoughly(90_500_000)).toBe('1m 30s')
  expect(formatDurationRoughly(2 * 86_400_000_000 + 1000)).toBe('2d 1ms')
})

test('a duration that is too long is refused with the longest one', () => {
  expect(expectedDuration('99999999999999999999w', 'a duration')).toBe('a duration up to 14892w')
  expect(expectedDuration('soon', 'a duration')).toBe('a duration')
  expect(expectedDuration('0s', 'a duration above 0')).toBe('a duration above 0')
  expect(parseDuration('14892w')).not.toBeNull()
  expect(parseDuration('14893w')).toBeNull()
})
