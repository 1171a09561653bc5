import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timestampMicrosMax } from '../model/timestamp.ts'
import type { TimeBound } from './query.ts'
import { resolveRange } from './time-range.ts'

const now: TimeBound = { kind: 'now' }
const ago = (micros: number): TimeBound => ({ kind: 'ago', micros })
const at = (timestamp: number): TimeBound => ({ kind: 'at', timestamp })

test('a duration counts back from now', () => {
  const range = { kind: 'range', first: ago(3_600_000_000), second: now } as const

  expect(resolveRange(range, 7_200_000_000)).toEqual({ start: 3_600_000_000, end: 7_200_000_000 })
})

test('bounds are put in the order of time', () => {
  expect(resolveRange({ kind: 'range', first: now, second: ago(10) }, 100)).toEqual({ start: 90, end: 100 })
  expect(resolveRange({ kind: 'range', first: at(5), second: at(-5) }, 100)).toEqual({ start: -5, end: 5 })
  expect(resolveRange({ kind: 'range', first: now, second: at(500) }, 100)).toEqual({ start: 100, end: 500 })
})

test('a duration that reaches before the first timestamp ends at it', () => {
  const range = { kind: 'range', first: ago(timestampMicrosMax), second: now } as const

  expect(resolveRange(range, -1)).toEqual({ start: -timestampMicrosMax, end: -1 })
})

test('whatever the bounds and the clock, both ends are valid timestamps in order', () => {
  const timestamp = fc.maxSafeInteger()
  const bound: fc.Arbitrary<TimeBound> = fc.oneof(
    fc.constant(now),
    fc.maxSafeNat().map((micros) => ago(micros)),
    timestamp.map((micros) => at(micros)),
  )

  fc.assert(
    fc.property(bound, bound, timestamp, (first, second, clock) => {
      const { start, end } = resolveRange({ kind: 'range', first, second }, clock)

      expect(Number.isSafeInteger(start) && Number.isSafeInteger(end)).toBe(true)
      expect(start).toBeLessThanOrEqual(end)
    }),
  )
})
