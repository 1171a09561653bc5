/** The query language against a naive evaluator; `npm run fuzz -- queries` looks for longer. */
import { expect, test } from 'vitest'
import { breachOf } from './law.ts'
import { queries } from './queries.ts'

test('a query means the same in any spelling, and any other text is an error that points into it', async () => {
  expect(await breachOf(queries, 4000)).toBeNull()
})
