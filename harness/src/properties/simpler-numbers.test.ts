import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ValueRange } from './draft.ts'
import { simplerNumbers } from './simpler-numbers.ts'

const range: ValueRange = { low: -20, high: 80, plain: -20 }

test('beyond a limit the first whole number is found', () => {
  expect(shrink(73.62, range, (value) => value > 50)).toBe(51)
  expect(shrink(50.3, range, (value) => value > 50)).toBe(51)
  expect(shrink(-7.5, { low: -10, high: 10, plain: 10 }, (value) => value < 2)).toBe(1)
})

test('the number has as many digits as the property needs', () => {
  expect(shrink(0.7345, range, (value) => value > 0.5 && value < 0.9)).toBe(0.6)
  expect(shrink(0.7345, range, (value) => value > 0.731 && value < 0.737)).toBe(0.732)
  expect(shrink(0.1 + 0.2, range, (value) => value === 0.1 + 0.2)).toBe(0.1 + 0.2)
})

test('a bound that is not round is respected', () => {
  const tight: ValueRange = { low: 0, high: 79.6, plain: 0 }
  expect(shrink(79.57, tight, (value) => value > 79)).toBe(79.1)
})

test('the plain number has nothing simpler', () => {
  expect([...simplerNumbers(-20, range)]).toEqual([])
  expect([...simplerNumbers(0.5, { low: 0.5, high: 0.5, plain: 0.5 })]).toEqual([])
})

test('law: the search ends at a number of the range where the property fails', () => {
  const number = fc.double({ noDefaultInfinity: true, noNaN: true })
  fc.assert(
    fc.property(
      fc.uniqueArray(number, { minLength: 3, maxLength: 3 }),
      fc.nat(2),
      fc.func(fc.boolean()),
      (ends, plain, fails) => {
        const [low, value, high] = ends.toSorted((one, other) => one - other) as [number, number, number]
        const isFailing = (candidate: number): boolean => candidate === value || fails(candidate)
        const found = shrink(value, { low, high, plain: [low, value, high][plain]! }, isFailing)
        expect(isFailing(found) && found >= low && found <= high).toBe(true)
      },
    ),
  )
})

function shrink(value: number, within: ValueRange, fails: (value: number) => boolean): number {
  let found: { value: number; passed?: number } = { value }
  for (;;) {
    const next = simplerNumbers(found.value, within, found.passed).find((candidate) => fails(candidate.value))
    if (next === undefined) return found.value
    found = next
  }
}
