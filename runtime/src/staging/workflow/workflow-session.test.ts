import { expect, test } from 'vitest'
import { appendSample } from '../../../test/append-sample.ts'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { distant } from '../../../test/distant-history.ts'
import { Engine } from '../../engine/engine.ts'
import { evaluateHistory } from '../../engine/evaluate-history.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { HostRefusal } from '../../guest/contract/guest-host.ts'
import { WorkflowSession } from './workflow-session.ts'

test('a distant history answers the guest later, or refuses it', async () => {
  const store = new MemoryStore()
  appendSample(store, store.intern(createSeries('temp', [])), 1, 21.5)
  const source = distant(store)
  const engine = new Engine({ store: new MemoryStore(), now: () => 0 })
  const time = new VirtualTime(0)
  const session = new WorkflowSession(
    {
      engine,
      history: (query) => evaluateHistory(source, query, 0),
      write: () => {},
      room: () => Promise.resolve(),
      sendText: () => {},
      tell: () => {},
      clock: time,
      timers: time,
    },
    1000,
  )
  const ask = (query: string): Promise<unknown> => session.answer({ kind: 'history', query })

  expect(await ask('SUM:temp:[]')).toBe(21.5)
  await expect(ask('SUM:temp')).rejects.toThrow(HostRefusal)

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
