/** Bodies of `POST /events` against independent readers; `npm run fuzz -- bodies` looks for longer. */
import { expect, test } from 'vitest'
import { bodies } from './bodies.ts'
import { breachOf } from './law.ts'

test('NDJSON, CSV and line protocol, in any pieces, are read as independent readers read them', async () => {
  expect(await breachOf(bodies, 2000)).toBeNull()
})
