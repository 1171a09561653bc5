/** The tokenizer of fixtures against an independent reader; `npm run fuzz -- csv` looks for longer. */
import { expect, test } from 'vitest'
import { csv } from './csv.ts'
import { breachOf } from './law.ts'

test('a CSV file, wherever it is cut, has the records and faults that an independent reader finds', async () => {
  expect(await breachOf(csv, 4000)).toBeNull()
})
