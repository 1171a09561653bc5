import { expect, test } from 'vitest'
import { doublingDelayMillis } from './doubling-delay.ts'

test('the delay doubles up to the bound and stays there', () => {
  const delays = [0, 1, 2, 5, 6, 1000, 1e9].map((attempt) => doublingDelayMillis(attempt, 1000, 60_000))
  expect(delays).toEqual([1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000])
})
