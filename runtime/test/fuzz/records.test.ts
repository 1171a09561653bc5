import { expect, test } from 'vitest'
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { checkRecord } from './records.ts'

test('records come back to the last bit, and damaged ones are refused as damaged', () => {
  const random = new SeededRandom(11)
  const check = (): void => {
    for (let count = 0; count < 1000; count++) checkRecord(random)
  }

  expect(check).not.toThrow()
})
