import { describe, expect, test } from 'vitest'
import { appendSample } from '../../test/append-sample.ts'
import { SimulatedSocket } from '../../test/simulation/simulated-socket.ts'
import { scripted, SimulatedThread } from '../../test/simulation/simulated-thread.ts'
import { VirtualTime } from '../../test/virtual-time.ts'
import { parseQuery } from '../engine/query/parse-query.ts'
import { MemoryStore } from '../engine/store/memory-store.ts'
import { StateTable } from '../engine/store/state-store.ts'
import { GuestThread } from '../guest/run/guest-thread.ts'
import type { LiveEvent } from '../engine/model/live-event.ts'
import { createSeries } from '../engine/model/series.ts'
import type { GuestHost } from '../guest/contract/guest-host.ts'
import type { GuestModule } from '../guest/load/load-guest.ts'
import { runtimeDefaults, workflowDefaults } from './config/defaults.ts'
import type { RuntimeConfig } from './config/runtime-config.ts'
import { Observers } from './observe/observers.ts'
import { Connections } from './server/connections.ts'
import { Stage } from './stage.ts'
import { encodeEvents } from './wire/event-frame.ts'
import { ackProtocol } from './wire/server-message.ts'

test('retention removes what is too old, immediately and then every minute, until the stage is stopped', async () => {
  const time = new VirtualTime(0)
  const store = new MemoryStore()
  const removed: string[] = []
  const stage = new Stage({
    config: { ...runtimeDefaults, retention: { ageMicros: 90_000_000, bytesMax: null } },
    modules: [],
    store,
    states: new StateTable(),
    history: store,
    createThread: () => new GuestThread(),
    sendText: () => {},
    clock: time,
    stopwatch: time,
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

test("a client's question is answered as of its first slice, and nothing is kept for it afterwards", async () => {
  const time = new VirtualTime(0)
  const store = new MemoryStore()
  let lookCount = 0
  const stage = new Stage({
    config: { ...runtimeDefaults, workflows: [] },
    modules: [],
    store,
    states: new StateTable(),
    history: store,
    createThread: () => new GuestThread(),
    sendText: () => {},
    clock: time,
    stopwatch: { elapsedMillis: () => time.elapsedMillis() + 0.1 * lookCount++ },
    timers: time,
    observers: new Observers([]),
  })
  const { arrivals } = stage
  const write = (value: number): void => {
    for (let of = 0; of < 50; of++) stage.intake.write('w', createSeries('temp', [`of=${of}`]), 1000, value)
  }
  write(1)
  const answers = [1, 2].map(() => stage.answer(parseQuery('SUM:temp:[]')))
  write(2)
  expect(arrivals.newest - arrivals.before).toBe(50)
  expect(await time.until(Promise.all(answers), 1000)).toMatchObject([{ value: 50 }, { value: 100 }])
  expect(arrivals.before).toBe(arrivals.newest)

  const unanswered = stage.answer(parseQuery('SUM:temp:[]'))
  await stage.close()
  await expect(unanswered).rejects.toThrow('the runtime is stopping')
})

describe('a stage and its workflows: nothing is missed', () => {
  test('a slow workflow misses nothing, however long it takes, and holds nothing up', async () => {
    const world = openStage({ quick: polls(0), slow: polls(60_000), middling: polls(1000) })
    const { time, stage, received, told } = world
    const started = stage.start()
    world.send(3)
    await time.until(started, 2000)
    expect(stage.starting).toEqual(['slow'])
    expect(told).toEqual(['late slow'])
    world.send(4)
    await time.advance(57_000)
    expect(received.at(-1)).toBe('{"ack":7}')
    expect(world.polled).toEqual({ quick: 7, slow: 0, middling: 7 })

    await time.advance(2000)
    expect(stage.starting).toEqual([])
    expect(world.polled).toEqual({ quick: 7, slow: 7, middling: 7 })
    await world.stop()
  })

  test('a workflow that ends or fails before it subscribes is not late', async () => {
    const world = openStage({
      quick: polls(0),
      done: () => Promise.resolve(0),
      failed: async () => {
        await sleep(world.time, 1500)
        return 1
      },
    })
    const { time, stage, told } = world
    world.send(1)
    await time.until(stage.start(), 2000)
    await time.advance(10)
    expect(stage.starting).toEqual([])
    expect(told).toEqual([])
    expect(world.received).toEqual(['{"ack":1}'])
    await world.stop()
  })

  test('a runtime that stops before that says nothing of late workflows, and has acknowledged what it took', async () => {
    const world = openStage({ slow: polls(60_000) })
    world.send(5)
    const started = world.stage.start()
    await world.time.advance(100)
    await world.stop()
    await started
    expect(world.received.at(-1)).toBe('{"ack":5}')
    expect(world.told).toEqual([])
  })

  test('retention gives places for series back, and what remembers a series forgets it', async () => {
    const events: LiveEvent[] = []
    const listens: Plan = async (host) => {
      const handle = await host.queryLive('COUNT:a,b,c,d:[]')
      for (;;) {
        const event = await host.pollHandle(handle)
        if (event !== undefined) events.push(event)
      }
    }
    const limits = { ...runtimeDefaults.limits, seriesMax: 2 }
    const world = openStage({ listens }, { limits, retention: { ageMicros: 90_000_000, bytesMax: null } })
    const { time, stage, received } = world
    await time.until(stage.start(), 2000)
    stage.startRetention()
    for (const [turn, names] of [
      ['a', 'b', 'c'],
      ['c', 'd', 'a'],
      ['a', 'b'],
    ].entries()) {
      world.sendSeries(names)
      await time.advance(1000)
      // The same labels as before in the next turn: they have to be looked up again.
      world.sendSeries(names)
      await time.advance(200_000)
      expect(stage.arrivals.store.counts()).toMatchObject({ series: 0, labelBytes: 0 })
      expect(received.at(-1)).toBe(`{"ack":${4 * turn + 4}}`)
    }
    const refused = received.filter((text) => text.includes('error')).map((text) => /series (.)/.exec(text)![1])
    expect(refused).toEqual(['c', 'c', 'a', 'a'])
    expect(events.map(({ value }) => value)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    await world.stop()
  })

  const sleep = (time: VirtualTime, millis: number): Promise<void> =>
    new Promise((resolve) => void time.after(millis, resolve))

  type Plan = (host: GuestHost) => Promise<number>
  interface World {
    readonly time: VirtualTime
    readonly stage: Stage
    /** What the producer hears. */
    readonly received: string[]
    /** What observers hear. */
    readonly told: string[]
    /** Events by workflow. */
    readonly polled: Record<string, number>
    /** The producer sends events. */
    readonly send: (count: number) => void
    /** The producer sends one sample of each of these series, as of now. */
    readonly sendSeries: (names: readonly string[]) => void
    readonly stop: () => Promise<void>
  }
  let world: World

  /** A guest that takes its time before it subscribes, and then polls forever. */
  function polls(millis: number): Plan {
    return async (host) => {
      const name = host.environment['NAME']!
      if (millis > 0) await sleep(world.time, millis)
      const handle = await host.queryLive('SUM:temp:[]:[0s]')
      for (;;) if ((await host.pollHandle(handle)) !== undefined) world.polled[name]!++
    }
  }

  function openStage(
    plans: Readonly<Record<string, Plan>>,
    settings: Partial<Pick<RuntimeConfig, 'limits' | 'retention'>> = {},
  ): World {
    const time = new VirtualTime()
    const store = new MemoryStore()
    const received: string[] = []
    const told: string[] = []
    const observers = new Observers([{ late: (names) => void told.push(`late ${names.join()}`) }])
    const threads = Object.values(plans).map(
      (plan) =>
        new SimulatedThread({
          time,
          delayMicros: () => 100,
          startGuest: () => scripted(plan),
          onRequest: () => {},
          sendHttp: () => Promise.resolve({ status: 200, body: new Uint8Array(0) }),
        }),
    )
    const workflows = Object.keys(plans).map((name) => ({
      ...workflowDefaults,
      name,
      file: `${name}.wasm`,
      environment: { NAME: name },
    }))
    const { limits } = runtimeDefaults
    const stage = new Stage({
      config: { ...runtimeDefaults, ...settings, workflows },
      // The threads have what runs instead.
      modules: workflows.map(() => ({ report: { imports: [{ name: 'environ_get' }] } }) as unknown as GuestModule),
      store,
      states: new StateTable(),
      history: store,
      createThread: () => threads.shift()!,
      sendText: () => {},
      clock: time,
      stopwatch: time,
      timers: time,
      observers,
    })
    const { intake } = stage
    const connections = new Connections({ intake, limits, timers: time, observers })
    const socket = new SimulatedSocket({
      time,
      protocol: ackProtocol,
      delayMicros: () => 100,
      onText: (text) => received.push(text),
    })
    connections.open(socket.asWebSocket)
    let sentCount = 0
    world = {
      time,
      stage,
      received,
      told,
      polled: Object.fromEntries(Object.keys(plans).map((name) => [name, 0])),
      send(count: number) {
        for (let index = 0; index < count; index++) {
          socket.clientSends(encodeEvents([{ series: 'temp', timestamp: ++sentCount, value: 1 }]))
        }
      },
      sendSeries(names) {
        const timestamp = time.now()
        socket.clientSends(encodeEvents(names.map((series) => ({ series, timestamp, value: 1 }))))
      },
      async stop() {
        connections.hold()
        await time.until(stage.stop(), 20_000)
        await stage.close()
      },
    }
    return world
  }
})
