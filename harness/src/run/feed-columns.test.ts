import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inOrderOfArrival, pickRows, type FeedColumns } from './feed-columns.ts'

/** Rows that differ in every column; each knows its position by its line. */
function columnsOf(arrives: readonly number[]): FeedColumns {
  const numbers = (start: number): number[] => arrives.map((_, row) => start + row)
  return {
    count: arrives.length,
    timestamps: Float64Array.from(numbers(100)),
    arrives: Float64Array.from(arrives),
    values: Float64Array.from(numbers(200)),
    series: Uint32Array.from(numbers(300)),
    producers: Float64Array.from(numbers(400)),
    lines: Uint32Array.from(numbers(1)),
    fixtureIndexes: Uint32Array.from(numbers(500)),
  }
}

test('rows are sorted by arrival, all columns together', () => {
  expect(inOrderOfArrival(columnsOf([7, 3, 5]))).toEqual({
    count: 3,
    timestamps: Float64Array.of(101, 102, 100),
    arrives: Float64Array.of(3, 5, 7),
    values: Float64Array.of(201, 202, 200),
    series: Uint32Array.of(301, 302, 300),
    producers: Float64Array.of(401, 402, 400),
    lines: Uint32Array.of(2, 3, 1),
    fixtureIndexes: Uint32Array.of(501, 502, 500),
  })
})

test('rows that arrive at the same time keep their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 })), (arrives) => {
      const { arrives: sorted, lines } = inOrderOfArrival(columnsOf(arrives))
      const expected = [...arrives.entries()].toSorted(([, one], [, other]) => one - other)
      expect([...lines].map((line, row) => [line - 1, sorted[row]])).toEqual(expected)
    }),
  )
})

test('rows that are in order are not copied', () => {
  const columns = columnsOf([3, 3, 5])
  expect(inOrderOfArrival(columns)).toBe(columns)
})

test('rows are picked by position, repeatedly if requested', () => {
  const { lines, values } = pickRows(columnsOf([3, 5, 7]), Uint32Array.of(2, 0, 0))
  expect([...lines]).toEqual([3, 1, 1])
  expect([...values]).toEqual([202, 200, 200])
})
