import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Operator } from '../query/query.ts'
import { Summary } from './summary.ts'

const operators: readonly Operator[] = ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT']

test('every operator is read off one summary', () => {
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
