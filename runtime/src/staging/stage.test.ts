import { expect, test } from 'vitest'
import { appendSample } from '../../test/append-sample.ts'
import { VirtualTime } from '../../test/virtual-time.ts'
import { MemoryStore } from '../engine/store/memory-store.ts'
import { GuestThread } from '../guest/run/guest-thread.ts'
import { createSeries } from '../engine/model/series.ts'
import { runtimeDefaults } from './config/defaults.ts'
import { Observers } from './observe/observers.ts'
import { Stage } from './stage.ts'

test('retention removes what is too old, immediately and then every minute, until the stage is stopped', async () => {
  const time = new VirtualTime(0)
  const store = new MemoryStore()
  const removed: string[] = []
  const stage = new Stage({
    config: { ...runtimeDefaults, retention: { ageMicros: 90_000_000, bytesMax: null } },
    modules: [],
    store,
    history: store,
    createThread: () => new GuestThread(),
    sendText: () => {},
    clock: time,
    timers: time,
    observers: new Observers([{ retained: (count) => removed.push(`${count} at ${time.now() / 1e6} s`) }]),
  })
  const temp = store.intern(createSeries('temp', []))
  for (const seconds of [-100, -95, -80, 0, 100]) appendSample(store, temp, seconds * 1e6, 1)

  await time.until(stage.start(), 1)
  stage.startRetention()
  await time.advance(150_000)
  expect(removed).toEqual(['2 at 0 s', '1 at 60 s', '1 at 120 s'])

  await time.until(stage.stop(), 1)
  await time.advance(600_000)
  expect(removed).toHaveLength(3)
  await stage.close()
})
