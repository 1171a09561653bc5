/** Regions at the edges of memory; `npm run fuzz -- regions` looks for longer. */
import { expect, test } from 'vitest'
import { breachOf } from './law.ts'
import { regions } from './regions.ts'

test('a Region anywhere in memory is received, or refused for the reason that its bytes give', async () => {
  expect(await breachOf(regions, 2000)).toBeNull()
})
