/** The short form of `npm run fuzz -- redaction`: it looks for longer. */
import { expect, test } from 'vitest'
import { checkRedaction } from './fuzz/redaction.ts'

test('law: no secret is left in a recording, and what is harmless stays as it is', () => {
  for (let seed = 0; seed < 500; seed++) expect(checkRedaction(seed)).toBeNull()
})
