import { expect, test, vi } from 'vitest'
import { SystemClock } from './system-clock.ts'

test('it is the time of the machine in microseconds, and two readings in a row differ by less than a millisecond', () => {
  const clock = new SystemClock()
  const before = Date.now()
  const [first, second] = [clock.now(), clock.now()]
  const after = Date.now()
  expect(first / 1000).toBeGreaterThan(before - 1000)
  expect(first / 1000).toBeLessThan(after + 1000)
  expect(Number.isSafeInteger(first)).toBe(true)
  expect(second).toBeGreaterThanOrEqual(first)
})

test('it follows when the clock of the machine is set', () => {
  const clock = new SystemClock()
  const nextYear = Date.now() + 365 * 86_400_000
  const wall = vi.spyOn(Date, 'now').mockReturnValue(nextYear)
  try {
    expect(Math.abs(clock.now() / 1000 - nextYear)).toBeLessThan(50)
  } finally {
    wall.mockRestore()
  }
})
