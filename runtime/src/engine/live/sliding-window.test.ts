import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noProducer } from '../model/columns.ts'
import { SlidingWindow } from './sliding-window.ts'

interface Arrival {
  readonly timestamp: number
  readonly value: number
  readonly producer: number
}

/** By operator, over a window that is not empty; whole numbers, so that plain arithmetic is exact. */
const naive = {
  AVG: (values: number[]) => sum(values) / values.length,
  MIN: (values: number[]) => Math.min(...values),
  MAX: (values: number[]) => Math.max(...values),
  SUM: (values: number[]) => sum(values),
  COUNT: (values: number[]) => values.length,
} as const

// A few microseconds apart and up to a few late, so that exact edges and equal times are frequent.
const arrival = fc.record({
  step: fc.integer({ min: -8, max: 6 }),
  value: fc.integer({ min: -1000, max: 1000 }),
  producer: fc.constantFrom(noProducer, 1, 2, 3),
})

test.each(['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'] as const)(
  'law: %s is that of the samples in [newest − width, newest], however late they come',
  (operator) => {
    fc.assert(
      fc.property(
        fc.array(arrival, { maxLength: 80, size: 'max' }),
        fc.integer({ min: 0, max: 10 }),
        (arrivals, width) => {
          const window = new SlidingWindow(width)
          window.serve(operator)
          let samples: Arrival[] = []
          let newest = 0
          for (const [index, { step, value, producer }] of arrivals.entries()) {
            const timestamp = newest + step
            const isLate = index > 0 && timestamp < newest - width

            expect(window.accept(timestamp, value, producer)).toBe(isLate ? 'late' : 'counted')

            if (isLate) continue
            newest = index === 0 ? timestamp : Math.max(newest, timestamp)
            samples = [...samples, { timestamp, value, producer }].filter(
              (sample) => sample.timestamp >= newest - width,
            )
            expect(window.value(operator)).toBe(naive[operator](samples.map((sample) => sample.value)) + 0)
            expect(window.producers()).toEqual(producersOf(samples))
          }
        },
      ),
      { numRuns: 200 },
    )
  },
)

test('a window of width 0 holds the samples of the newest timestamp', () => {
  const window = new SlidingWindow(0)
  window.serve('SUM')
  const feed = [
    [10, 1],
    [10, 2],
    [9, 4],
    [11, 8],
  ] as const

  const seen = feed.map(([timestamp, value]) => [window.accept(timestamp, value, noProducer), window.value('SUM')])

  expect(seen).toEqual([
    ['counted', 1],
    ['counted', 3],
    ['late', 3],
    ['counted', 8],
  ])
})

test('a closed producer is not named again when its samples leave', () => {
  const window = new SlidingWindow(10)
  window.accept(0, 1, 7)
  window.accept(5, 1, 8)
  window.closeProducer(7)

  expect(window.producers()).toEqual([8])
  window.accept(11, 1, noProducer)
  expect(window.producers()).toEqual([8])
  window.accept(16, 1, noProducer)
  expect(window.producers()).toEqual([])
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function producersOf(samples: readonly Arrival[]): number[] {
  const producers = new Set(samples.map((sample) => sample.producer))
  producers.delete(noProducer)
  return [...producers].sort((left, right) => left - right)
}
