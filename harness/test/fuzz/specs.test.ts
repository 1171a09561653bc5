/** Spec files with random changes; `npm run fuzz -- specs` looks for longer. */
import { expect, test } from 'vitest'
import { breachOf } from '../../../runtime/test/fuzz/law.ts'
import { specs } from './specs.ts'

test('a spec file with random changes is refused with places inside the file, or its tests run to an end', async () => {
  expect(await breachOf({ ...specs, open: async () => {} }, 200)).toBeNull()
})
