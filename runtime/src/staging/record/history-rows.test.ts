import { appendSample } from '../../../test/append-sample.ts'
import { distant } from '../../../test/distant-history.ts'
import { expect, test } from 'vitest'
import { createSeries } from '../../engine/model/series.ts'
import { Summary } from '../../engine/aggregate/summary.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { historySamplesMax, readHistory } from './history-rows.ts'

test('everything since a time, oldest first, of all series', async () => {
  const store = new MemoryStore()
  const [temp, load] = [store.intern(createSeries('temp', ['a'])), store.intern(createSeries('load', []))]
  for (const timestamp of [30, 10, 20]) appendSample(store, temp, timestamp, timestamp)
  appendSample(store, load, 15, 1.5)
  appendSample(store, load, 20, 2)
  const { series, timestamps, values } = await readHistory(store, 15)
  expect([...timestamps]).toEqual([15, 20, 20, 30])
  expect([...series]).toEqual([load, temp, load, temp])
  expect([...values]).toEqual([1.5, 20, 2, 30])
  // The snapshot stays as it is.
  appendSample(store, load, 20, 3)
  expect([...values]).toEqual([1.5, 20, 2, 30])
})

test('more than a recording can hold is refused', () => {
  const store = new MemoryStore()
  store.summarise = () => Object.assign(new Summary(), { count: historySamplesMax + 1 })
  expect(() => readHistory(store, 0)).toThrow(
    'the store holds 1,000,001 samples, more than the 1,000,000 that a recording can begin with; ask for a shorter history',
  )
})

test('a distant history comes later, and so does its refusal', async () => {
  const store = new MemoryStore()
  const temp = store.intern(createSeries('temp', []))
  for (const timestamp of [30, 10, 20]) appendSample(store, temp, timestamp, timestamp)
  const rows = readHistory(distant(store), 15)
  expect(rows).toBeInstanceOf(Promise)
  expect([...(await rows).timestamps]).toEqual([20, 30])

  store.summarise = () => Object.assign(new Summary(), { count: historySamplesMax + 1 })
  await expect(readHistory(distant(store), 0)).rejects.toMatchObject({ code: 'too-much-history' })
})
