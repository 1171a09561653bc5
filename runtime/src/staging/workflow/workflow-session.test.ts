import { expect, test } from 'vitest'
import { appendSample } from '../../../test/append-sample.ts'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { distant } from '../../../test/distant-history.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import { FairTurns } from '../system/fair-turns.ts'
import { WorkflowSession } from './workflow-session.ts'

test('a distant history answers the guest later, or refuses it', async () => {
  const store = new MemoryStore()
  appendSample(store, store.intern(createSeries('temp', [])), 1, 21.5)
  const time = new VirtualTime(0)
  const session = new WorkflowSession({
    arrivals: new Arrivals({ store: new MemoryStore(), now: () => 0 }),
    writer: 1,
    history: distant(store),
    write: () => {},
    room: () => Promise.resolve(),
    sendText: () => {},
    onBehind: () => {},
    asker: new FairTurns({ clock: time, timers: time, arrivedCount: () => 0 }).createAsker(),
    tickMillis: 1000,
    clock: time,
    timers: time,
  })
  const ask = (query: string): Promise<unknown> =>
    session.answer({ kind: 'history', query: parseQuery(query), where: { arrival: 0, tickedAt: 0, now: 0 } })

  expect(await ask('SUM:temp:[]')).toBe(21.5)

  store.summarise = () => {
    throw new SlungError('store-corrupt', 'cannot read the store: it is damaged')
  }
  await expect(ask('SUM:temp:[]')).rejects.toThrow(new HostRefusal('cannot read the store: it is damaged'))
  // A bug of ours is not a refusal.
  store.summarise = () => {
    throw new TypeError('not a function')
  }
  await expect(ask('SUM:temp:[]')).rejects.toThrow(TypeError)
})
