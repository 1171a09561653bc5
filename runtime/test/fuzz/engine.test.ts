/** The engine against a flat list of samples; `npm run fuzz -- engine` looks for longer. */
import { expect, test } from 'vitest'
import { engine } from './engine.ts'
import { breachOf } from './law.ts'

test('whatever is appended, subscribed to, removed and opened again: it is what a flat list of samples says', async () => {
  expect(await breachOf(engine, 60)).toBeNull()
})
