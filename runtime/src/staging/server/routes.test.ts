/** Answers that are hard to provoke over HTTP. For the others, see `test/server.test.ts`. */
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { appendSample } from '../../../test/append-sample.ts'
import { distant } from '../../../test/distant-history.ts'
import { runtimeDefaults } from '../config/defaults.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { answerQuery } from '../../engine/answer-query.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { Intake } from '../intake.ts'
import { Observers } from '../observe/observers.ts'
import { createRouter, createRoutes, type RouteContext } from './routes.ts'

function startRouter(changes: Partial<RouteContext> = {}) {
  const store = new MemoryStore()
  const arrivals = new Arrivals({ store, now: () => 0 })
  appendSample(store, store.intern(createSeries('temp', [])), 1, 21.5)
  const source = distant(store)
  const time = new VirtualTime(0)
  const observers = new Observers([])
  const { limits } = runtimeDefaults
  const intake = new Intake({ arrivals, store, limits, clock: time, timers: time, observers, offer: () => {} })
  const routes = createRoutes({
    answer: (query) => answerQuery(source, query, 0),
    intake,
    limits,
    clock: time,
    observers,
    workflows: () => [],
    stateOf: () => null,
    starting: () => [],
    metrics: () => Promise.resolve({ text: '', contentType: 'text/plain' }),
    shortage: () => null,
    isStopping: () => false,
    ...changes,
  })
  const answer = createRouter(routes)
  const get = (target: string, isTrusted = true) =>
    answer({ method: 'GET', socket: {} } as IncomingMessage, new URL(target, 'http://host'), isTrusted)
  return { get, store, intake, time }
}

test('/query waits for a history that is elsewhere, and says why it has no answer', async () => {
  const { get, store } = startRouter()
  const ask = (query: string) => get(`/query?q=${query}`)

  expect(await ask('SUM:temp:[]')).toEqual({ status: 200, body: { query: 'SUM:temp:[]', value: 21.5 } })
  expect(await ask('AVG:load:[]')).toEqual({ status: 200, body: { query: 'AVG:load:[]', value: null } })
  store.summarise = () => {
    throw new SlungError('store-corrupt', 'cannot read the store: it is damaged')
  }
  expect(await ask('SUM:temp:[]')).toEqual({ status: 500, body: { error: 'cannot read the store: it is damaged' } })
})

test('probes learn in one word whether to wait, and those who pass the gate learn why', async () => {
  const later = { headers: { 'retry-after': '5' } }
  const starting = startRouter({ starting: () => ['slow'] })
  expect(starting.get('/ready', false)).toEqual({ status: 503, body: { status: 'starting' }, ...later })
  expect(starting.get('/ready')).toEqual({ status: 503, body: { status: 'starting', waitingFor: ['slow'] }, ...later })
  expect(starting.get('/health', false)).toEqual({ status: 200, body: { status: 'starting' } })
  expect(starting.get('/health')).toEqual({ status: 200, body: { status: 'starting', waitingFor: ['slow'] } })

  const short = startRouter({ shortage: () => 'memory is short' })
  expect(short.get('/ready', false)).toEqual({ status: 200, body: { status: 'ok' } })
  expect(short.get('/ready')).toEqual({ status: 200, body: { status: 'ok', shortOfMemory: 'memory is short' } })

  const stopping = startRouter({ isStopping: () => true })
  expect(stopping.get('/ready', false)).toEqual({ status: 503, body: { status: 'stopping' }, ...later })
  expect(stopping.get('/health', false)).toEqual({ status: 200, body: { status: 'ok' } })

  const { get, store, intake, time } = startRouter()
  store.commit = () => Promise.reject(new SlungError('store-failed', 'cannot write to the store: disk full'))
  await expect(time.until(intake.durable(), 1000)).rejects.toThrow('disk full')
  for (const path of ['/health', '/ready']) {
    expect(get(path, false)).toEqual({ status: 503, body: { status: 'failing' }, ...later })
    expect(get(path)).toMatchObject({ body: { status: 'failing', error: 'cannot write to the store: disk full' } })
  }
})
