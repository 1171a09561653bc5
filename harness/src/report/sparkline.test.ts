import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markTimes, sparkline } from './sparkline.ts'

test('a rise is drawn from the lowest to the highest block', () => {
  const at = Array.from({ length: 8 }, (_, index) => index)
  expect(sparkline({ at, values: at }, 0, 8, 8)).toBe('▁▂▃▄▅▆▇█')
})

test('a single spike among thousands of values is visible', () => {
  const at = Array.from({ length: 10_000 }, (_, index) => index)
  const values = at.map((time) => (time === 5001 ? 100 : 20))
  expect(sparkline({ at, values }, 0, 10_000, 10)).toBe('▁▁▁▁▁█▁▁▁▁')
})

test('stretches without values repeat the previous one; before the first value, nothing is drawn', () => {
  expect(sparkline({ at: [4, 9], values: [1, 2] }, 0, 10, 10)).toBe('    ▁▁▁▁▁█')
})

test('values at both ends of the range of doubles are drawn', () => {
  expect(sparkline({ at: [0, 1], values: [0, Number.MIN_VALUE] }, 0, 1, 2)).toBe('▁█')
  expect(sparkline({ at: [0, 1], values: [-Number.MAX_VALUE, Number.MAX_VALUE] }, 0, 1, 2)).toBe('▁█')
})

test('for any curve, the line is as wide as requested and has no other characters', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ time: fc.nat(1000), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }), {
        minLength: 1,
      }),
      fc.integer({ min: 1, max: 80 }),
      (points, width) => {
        const sorted = points.toSorted((left, right) => left.time - right.time)
        const curve = { at: sorted.map(({ time }) => time), values: sorted.map(({ value }) => value) }
        expect(sparkline(curve, 0, 1000, width)).toMatch(new RegExp(`^[ ▁▂▃▄▅▆▇█]{${width}}$`))
      },
    ),
  )
})

test('times are marked where they are, those outside at the ends', () => {
  expect(markTimes([0, 5, 10], '▲', 0, 10, 11)).toBe('▲    ▲    ▲')
  expect(markTimes([-3, 99], '▲', 0, 10, 5)).toBe('▲   ▲')
  expect(markTimes([3], '▲', 3, 3, 5)).toBe('▲')
  expect(markTimes([], '▲', 0, 10, 5)).toBe('')
})
