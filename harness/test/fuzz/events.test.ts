/** The decoder of the AssemblyScript SDK in a compiled guest; `npm run fuzz -- events` looks for longer, and at that of Rust. */
import { expect, test } from 'vitest'
import { breachOf } from '../../../runtime/test/fuzz/law.ts'
import { events, openAssemblyScript } from './events.ts'

test('the JSON of an Event, from the host or any other, is decoded as a naive reader reads it', async () => {
  expect(await breachOf({ ...events, open: openAssemblyScript }, 4000)).toBeNull()
})
