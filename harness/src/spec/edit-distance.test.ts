import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editDistance } from './edit-distance.ts'

test('the distance counts inserted, removed and replaced characters', () => {
  expect(editDistance('kitten', 'sitting')).toBe(3)
  expect(editDistance('', 'abc')).toBe(3)
  expect(editDistance('alerts', 'alerts')).toBe(0)
})

test('the distance is symmetric and bounded by the lengths', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const distance = editDistance(one, other)
      expect(distance).toBe(editDistance(other, one))
      expect(distance).toBeGreaterThanOrEqual(Math.abs(one.length - other.length))
      expect(distance).toBeLessThanOrEqual(Math.max(one.length, other.length))
    }),
  )
})
