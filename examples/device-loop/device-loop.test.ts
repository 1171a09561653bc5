/** What must hold for all temperatures: a command is a change, so it never comes twice in a row. */
import { replay } from '@slung/harness'
import { forAll, series } from '@slung/harness/properties'
import { expect, test } from 'vitest'

test('no connection gets the same command twice in a row', async () => {
  let count = 0
  await forAll(
    series.walk('temp{room=1, producer=edge-a}', { every: '10s', for: '1h', min: 17, max: 23, step: 1 }),
    async (input) => {
      const { writebacks } = await replay('build/device-loop.wasm', { input })
      const commands = writebacks.flatMap((entry) => (entry.kind === 'ws' ? entry.text : []))

      count += commands.length
      expect(commands.filter((command, index) => command === commands[index - 1])).toEqual([])
    },
    { runs: 20 },
  )
  expect(count).toBeGreaterThan(0)
})
