/** Keeps `docs/assemblyscript.md` true: the queries printed after its builder calls are those that reach the host. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createGuestProject, startGuest } from './guest-project.ts'

test('the queries the guide prints are the ones it shows', async () => {
  const guide = await readFile(join(import.meta.dirname, '../../docs/assemblyscript.md'), 'utf8')
  const block = [...guide.matchAll(/^```ts\n(.*?)^```$/gms)]
    .map(([, text]) => text!)
    .find((text) => text.includes('// AVG:temp:'))!
  const shown = [...block.matchAll(/^ +\/\/ (.+)$/gm)].map((match) => match[1])

  await using project = await createGuestProject()
  const { binary } = await project.compile(block, ['--target', 'debug'])
  const { exports, host } = await startGuest(binary)
  exports.call()

  expect(host.effects.map((effect) => (effect.kind === 'log' ? effect.text : effect.kind))).toEqual(shown)
  expect(shown).not.toEqual([])
})
