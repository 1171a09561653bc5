import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countSlips } from './suggest.ts'

test('the distance counts inserted, removed and replaced characters', () => {
  expect(countSlips('kitten', 'sitting')).toBe(3)
  expect(countSlips('', 'abc')).toBe(3)
  expect(countSlips('alerts', 'alerts')).toBe(0)
})

test('the distance is symmetric and bounded by the lengths', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const distance = countSlips(one, other)
      expect(distance).toBe(countSlips(other, one))
      expect(distance).toBeGreaterThanOrEqual(Math.abs(one.length - other.length))
      expect(distance).toBeLessThanOrEqual(Math.max(one.length, other.length))
    }),
  )
})
