/** Answers that are hard to provoke over HTTP. For the others, see `test/server.test.ts`. */
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { appendSample } from '../../../test/append-sample.ts'
import { distant } from '../../../test/distant-history.ts'
import { runtimeDefaults } from '../config/defaults.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { evaluateHistory } from '../../engine/evaluate-history.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { Intake } from '../intake.ts'
import { Observers } from '../observe/observers.ts'
import { createRouter } from './routes.ts'

test('/query waits for a history that is elsewhere, and says why it has no answer', async () => {
  const store = new MemoryStore()
  const arrivals = new Arrivals({ store, now: () => 0 })
  appendSample(store, store.intern(createSeries('temp', [])), 1, 21.5)
  const source = distant(store)
  const time = new VirtualTime(0)
  const observers = new Observers([])
  const { limits } = runtimeDefaults
  const intake = new Intake({ arrivals, store, limits, clock: time, timers: time, observers, offer: () => {} })
  const answer = createRouter({
    history: (query) => evaluateHistory(source, query, 0),
    intake,
    limits,
    clock: time,
    observers,
    workflows: () => [],
    starting: () => [],
    metrics: () => Promise.resolve({ text: '', contentType: 'text/plain' }),
    shortage: () => null,
  })
  const ask = (query: string) =>
    answer({ method: 'GET', socket: {} } as IncomingMessage, new URL(`http://host/query?q=${query}`))

  expect(await ask('SUM:temp:[]')).toEqual({ status: 200, body: { query: 'SUM:temp:[]', value: 21.5 } })
  expect(await ask('AVG:load:[]')).toEqual({ status: 200, body: { query: 'AVG:load:[]', value: null } })
  store.summarise = () => {
    throw new SlungError('store-corrupt', 'cannot read the store: it is damaged')
  }
  expect(await ask('SUM:temp:[]')).toEqual({ status: 500, body: { error: 'cannot read the store: it is damaged' } })
})
