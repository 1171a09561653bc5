import { expect, test } from 'vitest'
import { Pulse } from '../contract/pulse.ts'
import { Watchdog } from './watchdog.ts'

// Each look finds this much more processor time used, however much time really passes.
const cpuMillisPerLook = 10

function watch(pulse: Pulse, look: (count: number) => void): { stuck: Promise<number>; watchdog: Watchdog } {
  const { promise, resolve } = Promise.withResolvers<number>()
  let looks = 0
  const watchdog = new Watchdog({
    pulse,
    cpuMillisMax: 50,
    cpuUsage: async () => {
      look(++looks)
      return { user: looks * cpuMillisPerLook * 600, system: looks * cpuMillisPerLook * 400 }
    },
    onStuck: resolve,
  })
  return { stuck: keepAlive(promise), watchdog }
}

test('a guest that burns processor time without a poll is stuck', async () => {
  const pulse = new Pulse()
  pulse.start()
  expect(await watch(pulse, () => {}).stuck).toBe(60)
})

test('every poll restores its full time', async () => {
  const pulse = new Pulse()
  pulse.start()
  let looksAtStuck = 0
  const { stuck } = watch(pulse, (count) => {
    looksAtStuck = count
    if (count <= 12 && count % 4 === 0) pulse.beat()
  })
  expect(await stuck).toBe(60)
  expect(looksAtStuck).toBe(12 + 1 + 6)
})

test('without a running guest nothing is stuck, and nothing is asked', async () => {
  const pulse = new Pulse()
  let looks = 0
  const { stuck, watchdog } = watch(pulse, () => looks++)
  await keepAlive(new Promise((resolve) => setTimeout(resolve, 60)))
  expect(looks).toBe(0)
  pulse.start()
  expect(await stuck).toBe(60)
  watchdog.stop()
})

test('a thread that is gone is not stuck', async () => {
  const pulse = new Pulse()
  pulse.start()
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  let looks = 0
  const watchdog = new Watchdog({
    pulse,
    cpuMillisMax: 20,
    cpuUsage: () => {
      if (++looks === 3) resolve()
      return Promise.reject(new Error('the worker is not running'))
    },
    onStuck: () => expect.unreachable(),
  })
  await keepAlive(asked)
  watchdog.stop()
  expect(looks).toBe(3)
})

/** The watchdog's timer does not keep the process alive, and here nothing else would. */
async function keepAlive<Value>(promise: Promise<Value>): Promise<Value> {
  const timer = setInterval(() => {}, 1000)
  try {
    return await promise
  } finally {
    clearInterval(timer)
  }
}
