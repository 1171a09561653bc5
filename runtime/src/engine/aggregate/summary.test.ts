import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operator } from '../query/query.ts'
import { Summary } from './summary.ts'

const operators: readonly Operator[] = ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT']

test('one summary has the answer for every operator', () => {
  const summary = summaryOf([4, -2, 7])

  expect(operators.map((operator) => summary.value(operator))).toEqual([3, -2, 7, 9, 3])
})

test('of nothing, COUNT and SUM are 0 and the others are not a number', () => {
  const summary = new Summary()

  expect(operators.map((operator) => summary.value(operator))).toEqual([Number.NaN, Number.NaN, Number.NaN, 0, 0])
})

test('a cleared summary is a summary of nothing', () => {
  const summary = summaryOf([4, -2, 7])

  summary.clear()

  expect(summary).toEqual(new Summary())
})

test('summaries of parts add up to the summary of the whole, wherever it is cut', () => {
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 })

  fc.assert(
    fc.property(numbers, numbers, (left, right) => {
      const sum = summaryOf(left)
      sum.addSummary(summaryOf(right))

      const whole = summaryOf([...left, ...right])
      for (const operator of operators) expect(sum.value(operator)).toBe(whole.value(operator))
    }),
  )
})

test('law: adding a column equals adding each of its values, to the last bit', () => {
  const edge = fc.constantFrom(0, -0, 1e308, -1e308, 2 ** 900, -(2 ** 900), 5e-324, 1, 2 ** -53, 1e16, 0.1)
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    edge,
    fc.double({ min: -100, max: 100, noNaN: true }),
  )
  // A value that is added and removed again leaves the values that were too small beside it.
  const values = fc
    .array(value, { maxLength: 60, size: 'max' })
    .chain((some) => fc.shuffledSubarray([...some, ...some.map((each) => -each)]))

  fc.assert(
    fc.property(values, values, fc.nat(), fc.nat(), (before, column, one, other) => {
      const from = Math.min(one, other) % (column.length + 1)
      const to = Math.max(from, Math.max(one, other) % (column.length + 1))
      const summary = summaryOf(before)
      const expected = summaryOf(before)

      summary.addColumn(Float64Array.from(column), from, to)
      for (let index = from; index < to; index++) expected.add(column[index]!)

      expect([summary.count, summary.min, summary.max]).toEqual([expected.count, expected.min, expected.max])
      for (const operator of operators) expect(summary.value(operator)).toBe(expected.value(operator))
      // It also continues like the other.
      for (const each of before) {
        summary.sum.subtract(each)
        expected.sum.subtract(each)
      }
      expect(summary.sum.value()).toBe(expected.sum.value())
    }),
    { numRuns: 1000 },
  )
})

test('the sign of a zero does not show', () => {
  for (const numbers of [
    [-0, 0],
    [0, -0],
  ]) {
    const summary = summaryOf(numbers)

    for (const operator of ['MIN', 'MAX', 'SUM', 'AVG'] as const) expect(summary.value(operator)).toBe(0)
  }
})

test('the sum and the average of the largest numbers are the largest number', () => {
  const summary = summaryOf([Number.MAX_VALUE, Number.MAX_VALUE])

  expect(summary.value('AVG')).toBe(Number.MAX_VALUE)
  expect(summary.value('SUM')).toBe(Number.MAX_VALUE)
})

function summaryOf(numbers: readonly number[]): Summary {
  const summary = new Summary()
  for (const number of numbers) summary.add(number)
  return summary
}
