import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dueMillis, orderByArrival } from './send-order.ts'

test('rows are sorted by arrival, ties in file order', () => {
  expect([...orderByArrival({ arrives: Float64Array.of(30, 10, 20, 10) })]).toEqual([1, 3, 2, 0])
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 })), (times) => {
      const rows = times.map((_, row) => row)
      const expected = rows.toSorted((left, right) => times[left]! - times[right]!)
      expect([...orderByArrival({ arrives: Float64Array.from(times) })]).toEqual(expected)
    }),
  )
})

test('a pace of 1 takes the original time, 10 a tenth of it, and none is immediate', () => {
  expect(dueMillis(65_000_000, 5_000_000, 1)).toBe(60_000)
  expect(dueMillis(65_000_000, 5_000_000, 10)).toBe(6000)
  expect(dueMillis(65_000_000, 5_000_000, null)).toBe(0)
})
