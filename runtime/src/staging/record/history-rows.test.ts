import { expect, test } from 'vitest'
import { appendSample } from '../../../test/append-sample.ts'
import { distant } from '../../../test/distant-history.ts'
import { Summary } from '../../engine/aggregate/summary.ts'
import { createSeries } from '../../engine/model/series.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { historySamplesMax, readHistory } from './history-rows.ts'

test('a distant history comes later: everything since a time, in runs of one series', async () => {
  const store = new MemoryStore()
  const [temp, load] = [store.intern(createSeries('temp', ['a'])), store.intern(createSeries('load', []))]
  for (const timestamp of [30, 10, 20]) appendSample(store, temp, timestamp, timestamp)
  appendSample(store, load, 15, 1.5)
  const rows = readHistory(distant(store), 15)
  expect(rows).toBeInstanceOf(Promise)
  expect(await rows).toEqual({
    series: [
      { kind: 'series', id: load, name: 'load', tags: [] },
      { kind: 'series', id: temp, name: 'temp', tags: ['a'] },
    ],
    runs: {
      counts: Uint32Array.of(1, 2),
      blocks: [{ timestamps: Float64Array.of(15, 20, 30), values: Float64Array.of(1.5, 20, 30) }],
    },
  })
})

test('more than a recording can hold is refused', async () => {
  const store = new MemoryStore()
  store.summarise = () => Object.assign(new Summary(), { count: historySamplesMax + 1 })
  await expect(readHistory(distant(store), 0)).rejects.toThrow(
    'the store holds more than the 1,000,000 samples that a recording can begin with; ask for a shorter history (--history)',
  )
})
