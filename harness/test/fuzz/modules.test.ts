/** Compiled workflows with changed bytes; `npm run fuzz -- modules` looks for longer. */
import { expect, test } from 'vitest'
import { breachOf } from '../../../runtime/test/fuzz/law.ts'
import { modules, openModules } from './modules.ts'

test('a module with changed bytes is refused by the check, or its run ends', async () => {
  expect(await breachOf({ ...modules, open: openModules }, 150)).toBeNull()
})
