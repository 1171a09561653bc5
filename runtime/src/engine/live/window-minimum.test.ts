import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WindowMinimum } from './window-minimum.ts'

// Steps of a few microseconds, so that samples often lie exactly on the start of the window, or one before it.
const step = fc.record({
  timestamp: fc.integer({ min: -3, max: 3 }),
  value: fc.integer({ min: 0, max: 5 }),
  startsLater: fc.integer({ min: 0, max: 2 }),
})

test('law: it is the smallest of the samples at or after the start, however late they arrive', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
      const minimum = new WindowMinimum()
      const samples: { timestamp: number; value: number }[] = []
      let newest = Number.NEGATIVE_INFINITY
      let start = 0
      for (const { timestamp: later, value, startsLater } of steps) {
        const timestamp = start + 3 + later
        if (timestamp >= newest) minimum.add(timestamp, value)
        else minimum.addLate(timestamp, value)
        samples.push({ timestamp, value })
        newest = Math.max(newest, timestamp)
        start += startsLater
        minimum.dropBefore(start)
        const inside = samples.filter((sample) => sample.timestamp >= start).map((sample) => sample.value)

        expect(minimum.value()).toBe(Math.min(...inside))
      }
    }),
    { numRuns: 500 },
  )
})

test('a sample stays until the window starts after it', () => {
  const minimum = new WindowMinimum()
  minimum.add(100, 5)
  minimum.addLate(10, 1)
  minimum.addLate(20, 2)

  const values = [10, 11, 20, 21, 100, 101].map((start) => {
    minimum.dropBefore(start)
    return minimum.value()
  })
  expect(values).toEqual([1, 2, 2, 5, 5, Number.POSITIVE_INFINITY])
})
