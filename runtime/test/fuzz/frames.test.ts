/** Event frames against an independent decoder; `npm run fuzz -- frames` looks for longer. */
import { expect, test } from 'vitest'
import { frames } from './frames.ts'
import { breachOf } from './law.ts'

test('a frame, whole, cut or spoilt, is read as an independent decoder reads it', async () => {
  expect(await breachOf(frames, 3000)).toBeNull()
})
