import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Draft, ValueRange } from './draft.ts'
import { attemptsMax, shrinkRows, type Shrunk } from './shrink-rows.ts'

const range: ValueRange = { low: 0, high: 100, plain: 0 }

test('one row among two thousand is found in few attempts, and keeps its time', () => {
  const values = Array.from({ length: 2000 }, (_, row) => (row === 1234 ? 73.6 : 20.5))
  const { rows, attempts } = shrink(values, (found) => found.some((value) => value > 50))
  expect(rows).toEqual([[1234, 51]])
  expect(attempts).toBeLessThan(60)
})

test('rows that are needed together stay together, wherever they are', () => {
  const values = Array.from({ length: 1000 }, (_, row) => row % 100)
  const fails = (found: readonly number[]): boolean => found.indexOf(7) >= 0 && found.indexOf(95) > found.indexOf(7)
  const { rows } = shrink(values, fails)
  expect(rows.map(([, value]) => value)).toEqual([7, 95])
})

test('rows that only have to exist become plain', () => {
  const { rows } = shrink([31, 42, 53, 64, 75, 86], (found) => found.length >= 3 && found.some((value) => value > 60))
  expect(rows).toHaveLength(3)
  expect(rows.map(([, value]) => value).sort((one, other) => one - other)).toEqual([0, 0, 61])
})

test('a row is removed even if it was needed until another was removed', () => {
  const fails = (found: readonly number[]): boolean =>
    found.includes(2) && found.includes(4) && (found.includes(3) || !found.includes(1))
  expect(shrink([1, 2, 3, 4], fails).rows.map(([, value]) => value)).toEqual([2, 4])
})

test('a row is removed even if it was needed until values became plainer', () => {
  const sumOf = (found: readonly number[]): number => found.reduce((total, value) => total + value, 0)
  const fails = (found: readonly number[]): boolean =>
    sumOf(found) >= 10 && (found.length >= 3 || Math.max(...found) <= 20)
  expect(shrink([50, 60, 70], fails).rows).toEqual([[0, 10]])
})

test('the last row is never removed', () => {
  expect(shrink([5, 6, 7], () => true).rows).toEqual([[0, 0]])
  expect([...shrinkRows([])]).toEqual([])
})

test('the attempts are limited when nearly all rows are needed', () => {
  const values = Array.from({ length: 400 }, () => 50.5)
  const { rows, attempts } = shrink(values, (found) => found.length >= 395)
  expect(rows).toHaveLength(395)
  expect(attempts).toBe(attemptsMax)
})

test('law: what is left fails, in its original order and at its original times', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 300 }),
      (values, sum) => {
        const fails = (found: readonly number[]): boolean => found.reduce((total, value) => total + value, 0) >= sum
        fc.pre(fails(values))
        const { rows } = shrink(values, fails)
        const times = rows.map(([time]) => time)
        expect(fails(rows.map(([, value]) => value))).toBe(true)
        expect(times).toEqual([...new Set(times)].sort((one, other) => one - other))
        // Nothing can be left out.
        expect(
          rows.every((_, row) => !fails(rows.toSpliced(row, 1).map(([, value]) => value)) || rows.length === 1),
        ).toBe(true)
      },
    ),
  )
})

/** Rows as time and value; the time of a row is its index. */
function shrink(
  values: readonly number[],
  fails: (values: readonly number[]) => boolean,
): { rows: [time: number, value: number][]; attempts: number } {
  let attempts = 0
  const drafts = values.map((value, timestamp): Draft => ({ row: { timestamp, series: 'temp', value }, range }))
  let found: { drafts: readonly Draft[]; cursor?: Shrunk['cursor'] } = { drafts }
  for (;;) {
    const next = shrinkRows(found.drafts, found.cursor).find((smaller) => {
      attempts++
      return fails(smaller.drafts.map(({ row }) => row.value))
    })
    if (next === undefined) break
    found = next
  }
  return { rows: found.drafts.map(({ row }) => [row.timestamp, row.value]), attempts }
}
