import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alignLines } from './align-lines.ts'

const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })

function align(left: readonly string[], right: readonly string[]): Int32Array {
  return alignLines(
    left.length,
    right.length,
    (one, other) => left[one] === right[other],
    (one, other) => (left[one] === right[other] ? 1 : 0.5),
  )
}

/** The textbook's table. */
function longestCommonSubsequence(left: readonly string[], right: readonly string[]): number {
  let below = Array.from({ length: right.length + 1 }, () => 0)
  for (const letter of left.toReversed()) {
    const row = [...below.keys()].map(() => 0)
    for (let index = right.length - 1; index >= 0; index--) {
      row[index] = letter === right[index] ? below[index + 1]! + 1 : Math.max(below[index]!, row[index + 1]!)
    }
    below = row
  }
  return below[0]!
}

test('as many lines as possible are paired with their match, in order, and the rest with similar ones', () => {
  fc.assert(
    fc.property(letters, letters, (left, right) => {
      const pairs = [...align(left, right)].map((partner, index) => [index, partner] as const)
      const paired = pairs.filter(([, partner]) => partner !== -1)

      expect(paired.map(([, partner]) => partner)).toEqual(
        [...new Set(paired.map(([, partner]) => partner))].sort((one, other) => one - other),
      )
      expect(paired.filter(([one, other]) => left[one] === right[other])).toHaveLength(
        longestCommonSubsequence(left, right),
      )
    }),
  )
})

test('long timelines that differ in everything are paired by position', () => {
  const left = Array.from({ length: 5000 }, (_, index) => `left ${index}`)
  const right = Array.from({ length: 5001 }, (_, index) => `right ${index}`)

  expect([...align(left, right)]).toEqual([...left.keys()])
})
