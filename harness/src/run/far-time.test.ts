import { expect, test } from 'vitest'
import { farTimeProblem } from './far-time.ts'

const first = Date.UTC(2026, 0, 1) * 1000
const arrivals = { first, last: first + 60e6 }

test.each([
  ['seconds', first / 1e6, 'in microseconds: if it counts seconds, write 2026-01-01T00:00:00Z'],
  ['milliseconds', first / 1e3, 'in microseconds: if it counts milliseconds, write 2026-01-01T00:00:00Z'],
  [
    'nanoseconds of 1970',
    2_000_000,
    '56 years before the first row arrives, at 2026-01-01T00:00:00Z; expected a time near',
  ],
  ['a year with a digit too many', first * 2, '56 years after the last row arrives, at 2026-01-01T00:01:00Z'],
])('%s, taken for microseconds, are far from the input', (_, time, problem) => {
  expect(farTimeProblem(time, arrivals)).toContain(problem)
})

test('what is within fifty years of the input may be meant, in 1970 too', () => {
  expect(farTimeProblem(first - 49 * 365 * 86_400e6, arrivals)).toBeNull()
  expect(farTimeProblem(first + 30e6, arrivals)).toBeNull()
  expect(farTimeProblem(15e6, { first: 0, last: 60e6 })).toBeNull()
})
