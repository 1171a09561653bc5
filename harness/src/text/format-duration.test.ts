import { expect, test } from 'vitest'
import { formatDuration } from './format-duration.ts'

test('a duration shows its two largest units', () => {
  expect(formatDuration(0)).toBe('0s')
  expect(formatDuration(7)).toBe('7µs')
  expect(formatDuration(1_000_000)).toBe('1s')
  expect(formatDuration(90_500_000)).toBe('1m 30s')
  expect(formatDuration(2 * 86_400_000_000 + 1000)).toBe('2d 1ms')
})
