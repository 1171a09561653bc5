import { describe, expect, test } from 'vitest'
import { appendSample } from '../../../test/append-sample.ts'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { distant } from '../../../test/distant-history.ts'
import { mergeRuns } from '../../engine/aggregate/sample-runs.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { readAsOfNow } from '../../engine/arrival/as-of.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { EndOfRun, HostRefusal, LimitExceeded } from '../../guest/contract/guest-host.ts'
import { FairTurns } from '../system/fair-turns.ts'
import { WindowLedger } from './window-ledger.ts'
import type { Delivery, Subscribed } from './workflow-messages.ts'
import { WorkflowSession } from './workflow-session.ts'

/** Runs that share one store and one limit on samples in windows. */
function openSessions(names: readonly string[], windows: WindowLedger) {
  const store = new MemoryStore()
  const arrivals = new Arrivals({ store, now: () => 0 })
  const time = new VirtualTime(0)
  const limited: string[] = []
  let readCount = 0
  const chunkFrom = store.chunkFrom.bind(store)
  store.chunkFrom = (...parameters) => {
    readCount++
    return chunkFrom(...parameters)
  }
  const turns = new FairTurns({ clock: time, timers: time, arrivedCount: () => 0, isCommitting: () => false })
  const sessions = names.map((name) => {
    const session = new WorkflowSession({
      arrivals,
      writer: arrivals.writerOf(name),
      history: store,
      windows,
      write: () => {},
      room: () => Promise.resolve(),
      state: () => new Map(),
      changeState: () => {},
      sendText: () => {},
      onBehind: () => {},
      onLimited: () => limited.push(name),
      asker: turns.createAsker(),
      tickMillis: 1000,
      clock: time,
      timers: time,
    })
    const where = { arrival: session.start.position, tickedAt: 0, now: 0 }
    return {
      session,
      subscribe: (handle: number, query: string, equal: number | null = null): Promise<unknown> =>
        time.until(session.answer({ kind: 'live', handle, query: parseQuery(query), where, equal }), 1000),
      poll: (): Promise<unknown> => session.answer({ kind: 'poll', where, nextTick: 1_000_000 }),
    }
  })
  return {
    store,
    sessions,
    /** The runs that met a limit which their replays would not meet. */
    limited,
    /** How many chunks were looked up. */
    readCount: () => readCount,
  }
}

function fill(store: MemoryStore, sampleCount: number): void {
  const temp = store.intern(createSeries('temp', []))
  for (let timestamp = 1; timestamp <= sampleCount; timestamp++) appendSample(store, temp, timestamp, 1)
}

test('a handle that shares a window costs no reading of the store', async () => {
  const { store, sessions, readCount } = openSessions(['one'], new WindowLedger(1000, 1000, 1))
  const { session, subscribe } = sessions[0]!
  fill(store, 300)
  await subscribe(1, 'AVG:temp:[]:[1h]')
  const before = readCount()
  expect(before).toBeGreaterThan(0)
  for (let handle = 2; handle <= 1024; handle++) {
    expect(await subscribe(handle, 'MIN:temp:[]:[1h]', handle - 1)).toMatchObject({ seed: null, passed: { count: 0 } })
  }
  expect(readCount()).toBe(before)
  expect(session.windowSamples).toBe(300)
})

test('beyond its own limit, nothing is read; a replay has the same limit only where it is the default', async () => {
  const { store, sessions, limited } = openSessions(['one'], new WindowLedger(500, 1000, 1))
  const { subscribe } = sessions[0]!
  fill(store, 300)
  await subscribe(1, 'AVG:temp:[]:[1h]')
  await expect(subscribe(2, 'AVG:temp:[]:[2h]')).rejects.toThrow(/begin with 300 samples.* room for 200 more/)
  expect(limited).toEqual(['one'])
})

test('beyond the limit of all, windows are refused, but not those within an equal share', async () => {
  const { store, sessions, limited } = openSessions(['one', 'two', 'three'], new WindowLedger(700, 900, 3))
  const [one, two, three] = sessions
  fill(store, 300)
  await one!.subscribe(1, 'AVG:temp:[]:[1h]')
  await one!.subscribe(2, 'AVG:temp:[]:[2h]')
  await two!.subscribe(1, 'AVG:temp:[]:[1h]')
  await expect(two!.subscribe(2, 'AVG:temp:[]:[2h]')).rejects.toThrow(
    'cannot subscribe to "AVG:temp:[]:[2h]": its window would begin with 300 samples, and the windows of all workflows ' +
      'hold 900 of at most 900; narrow its ranges, or raise "window_samples_total" under [limits]',
  )
  expect(limited).toEqual(['two'])

  await Promise.all([
    expect(one!.poll()).rejects.toThrow(
      new LimitExceeded(
        'the windows of all workflows hold 1,200 samples, and may hold 900: it has most of them, 600; narrow its ranges, ' +
          'or raise "window_samples_total" under [limits]',
      ),
    ),
    three!.subscribe(1, 'AVG:temp:[]:[1h]'),
  ])
  expect(limited).toEqual(['two', 'one'])
})

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
    state: () => new Map(),
    changeState: () => {},
    sendText: () => {},
    windows: new WindowLedger(100, 100, 1),
    onBehind: () => {},
    onLimited: () => {},
    asker: new FairTurns({ clock: time, timers: time, arrivedCount: () => 0, isCommitting: () => false }).createAsker(),
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

describe('a question that takes long', () => {
  /** A session over many series, and a stopwatch that goes on at each look: nothing is answered in one slice. */
  function open() {
    const time = new VirtualTime(0)
    const arrivals = new Arrivals({ store: new MemoryStore(), now: () => time.now() })
    let lookCount = 0
    const clock = { elapsedMillis: () => time.elapsedMillis() + 0.1 * lookCount++ }
    const turns = new FairTurns({ clock, timers: time, arrivedCount: () => arrivals.newest, isCommitting: () => false })
    const behind: number[] = []
    const ids = Array.from({ length: 50 }, (_, index) => arrivals.intern(createSeries('temp', [`of=${index}`])))
    /** A sample of each series. */
    const append = (timestamp: number, value: number): void => {
      const columns = { timestamps: new Float64Array(50).fill(timestamp), values: new Float64Array(50).fill(value) }
      arrivals.append({ count: 50, series: Uint32Array.from(ids), producers: new Float64Array(50), ...columns }, 0)
      arrivals.endTurn()
    }
    append(1000, 1)
    const session = new WorkflowSession({
      arrivals,
      writer: 1,
      history: arrivals.store,
      write: () => {},
      room: () => Promise.resolve(),
      state: () => new Map(),
      changeState: () => {},
      sendText: () => {},
      windows: new WindowLedger(1000, 1000, 1),
      onLimited: () => {},
      onBehind: (missedCount) => void behind.push(missedCount),
      asker: turns.createAsker(),
      tickMillis: 1000,
      clock: time,
      timers: time,
    })
    const where = { arrival: session.start.position, tickedAt: 0, now: 0 }
    return { time, arrivals, turns, behind, append, session, where }
  }

  test('is answered as of its beginning, although samples arrive between the slices, and others are answered first', async () => {
    const { time, arrivals, turns, behind, append, session, where } = open()
    const order: string[] = []
    const history = session.answer({ kind: 'history', query: parseQuery('SUM:temp:[]'), where })
    void history.then((sum) => order.push(`history ${String(sum)}`))
    append(1000, 2)
    append(1001, 3)
    const other = turns.createAsker().ask((slice) => readAsOfNow(arrivals, slice, (reading) => reading.match(ofOne)))
    void other.then((found) => order.push(`other ${String(found)}`))
    await time.until(history, 1000)
    expect(order).toEqual(['other 7', 'history 50'])
    expect(behind).toEqual([])

    const live = session.answer({
      kind: 'live',
      handle: 1,
      query: parseQuery('COUNT:temp:[]:[1h]'),
      where,
      equal: null,
    })
    append(1002, 4)
    const { seed, passed } = (await time.until(live, 1000)) as Subscribed
    expect(seed?.kind === 'rolling' && [...mergeRuns(seed.runs).values]).toEqual(Array.from({ length: 50 }, () => 1))
    expect(passed.count).toBe(0)
    const polled = session.answer({ kind: 'poll', where, nextTick: 1e9 })
    const { arrived } = (await time.until(polled, 1000)) as Delivery
    expect([...arrived.values]).toEqual([2, 3, 4].flatMap((value) => Array.from({ length: 50 }, () => value)))
    session.close()
    arrivals.endTurn()
    expect(arrivals.before).toBe(arrivals.newest)
  })

  test('ends with the run', async () => {
    const { time, session, where } = open()
    const history = session.answer({ kind: 'history', query: parseQuery('SUM:temp:[]'), where })
    session.stop('stopped')
    await expect(history).rejects.toThrow(EndOfRun)
    session.close()
    await time.settle()
  })
})

const { series: names, tags } = parseQuery('SUM:temp:[of=7]')
const ofOne = { names, tags }
