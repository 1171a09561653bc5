import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMillis, reconnectDelayMaxMillis } from './backoff.ts'

test('each wait is twice the one before, up to half a minute', () => {
  const delays = Array.from({ length: 11 }, (_, attempt) => backoffMillis(attempt, 100, () => 1))
  expect(delays).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
})

test('chance takes up to half off, at every attempt', () => {
  const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.nat(5000), chances, (attempt, chance) => {
      const delay = backoffMillis(attempt, 100, () => chance)
      expect(delay).toBeGreaterThanOrEqual(50)
      expect(delay).toBeLessThanOrEqual(reconnectDelayMaxMillis)
    }),
  )
  expect(backoffMillis(0, 100, () => 0)).toBe(50)
})
