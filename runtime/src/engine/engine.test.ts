/** Live queries and history over the real engine, in the words of `docs/query-language.md`. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Engine } from './engine.ts'
import type { LiveQuery } from './live/live-query.ts'
import type { LiveEvent } from './model/live-event.ts'
import { createSeries } from './model/series.ts'
import { parseQuery } from './query/parse-query.ts'
import { MemoryStore } from './store/memory-store.ts'

const second = 1_000_000

class World {
  now = 0
  readonly engine: Engine

  constructor(queueEventsMax?: number) {
    const limits = queueEventsMax === undefined ? {} : { queueEventsMax }
    this.engine = new Engine({ store: new MemoryStore(), now: () => this.now, ...limits })
  }

  append(name: string, tags: string[], timestamp: number, value: number, producer?: number): void {
    this.engine.append(this.engine.intern(createSeries(name, tags)), timestamp, value, producer)
  }

  temp(timestamp: number, value: number, producer?: number): void {
    this.append('temp', ['sensor=1'], timestamp, value, producer)
  }

  live(query: string): LiveQuery {
    return this.engine.subscribe(parseQuery(query))
  }

  history(query: string): number {
    return this.engine.history(parseQuery(query))
  }
}

function drain(live: LiveQuery): LiveEvent[] {
  const events: LiveEvent[] = []
  for (let event = live.poll(); event !== undefined; event = live.poll()) events.push(event)
  return events
}

const values = (live: LiveQuery): number[] => drain(live).map((event) => event.value)

test("an Event carries the aggregate after the sample, with the sample's time and tags", () => {
  const world = new World()
  const live = world.live('AVG:temp:[sensor=1]')
  world.temp(10, 1)
  world.temp(20, 2)

  expect(drain(live)).toEqual([
    { timestamp: 10, value: 1, tags: ['sensor=1'], producers: [] },
    { timestamp: 20, value: 1.5, tags: ['sensor=1'], producers: [] },
  ])
})

test.each([
  ['AVG', [4, 3, 4]],
  ['MIN', [4, 2, 2]],
  ['MAX', [4, 4, 6]],
  ['SUM', [4, 6, 12]],
  ['COUNT', [1, 2, 3]],
] as const)('%s runs since the subscription and is not seeded', (operator, expected) => {
  const world = new World()
  world.temp(0, 100)
  const live = world.live(`${operator}:temp:[]`)
  for (const [index, value] of [4, 2, 6].entries()) world.temp(index + 1, value)

  expect(values(live)).toEqual(expected)
})

test('several series are aggregated together and other series are not', () => {
  const world = new World()
  const live = world.live('SUM:temp,load:[]')
  world.append('temp', [], 1, 1)
  world.append('load', ['x'], 2, 10)
  world.append('other', [], 3, 100)

  expect(values(live)).toEqual([1, 11])
})

test('a tag expression selects series that appear after the subscription too', () => {
  const world = new World()
  const live = world.live('COUNT:temp:[env=prod AND NOT muted]')
  world.append('temp', ['env=prod'], 1, 0)
  world.append('temp', ['env=prod', 'muted'], 2, 0)
  world.append('temp', ['env=test'], 3, 0)
  world.append('temp', ['env=prod', 'host=b'], 4, 0)

  expect(drain(live).map(({ timestamp, value }) => [timestamp, value])).toEqual([
    [1, 1],
    [4, 2],
  ])
})

test('NOT between two tags means the same live and in history', () => {
  const world = new World()
  const query = 'COUNT:temp:[env=prod NOT muted]'
  const live = world.live(query)
  world.append('temp', ['env=prod'], 1, 0)
  world.append('temp', ['env=prod', 'muted'], 2, 0)
  world.append('temp', ['muted'], 3, 0)
  world.append('temp', ['env=prod', 'host=b'], 4, 0)

  expect(values(live)).toEqual([1, 2])
  expect(world.history(query)).toBe(2)
})

test('a rolling window ends at the newest sample and includes both ends', () => {
  const world = new World()
  const live = world.live('SUM:temp:[]:[10s]')
  for (const [at, value] of [
    [0, 1],
    [10, 2],
    [11, 4],
    [30, 8],
  ] as const)
    world.temp(at * second, value)

  expect(values(live)).toEqual([1, 3, 6, 8])
})

test('a rolling window is seeded from the store, up to its newest sample', () => {
  const world = new World()
  for (const [at, value] of [
    [0, 1],
    [5, 2],
    [9, 4],
  ] as const)
    world.temp(at * second, value, 7)
  const live = world.live('SUM:temp:[]:[5s]')
  world.temp(10 * second, 8)

  expect(drain(live)).toEqual([{ timestamp: 10 * second, value: 14, tags: ['sensor=1'], producers: [] }])
})

test('a late sample inside the window counts, one before it is stored and counted as late', () => {
  const world = new World()
  const live = world.live('MAX:temp:[]:[10s]')
  world.temp(100 * second, 1)
  world.temp(95 * second, 5)
  world.temp(89 * second, 9)
  world.temp(105 * second, 2)
  world.temp(106 * second, 3)

  expect(drain(live).map(({ timestamp, value }) => [timestamp / second, value])).toEqual([
    [100, 1],
    [95, 5],
    [105, 5],
    [106, 3],
  ])
  expect(live.lateCount).toBe(1)
  expect(world.history('COUNT:temp:[]')).toBe(5)
})

test('a fixed range is seeded and only samples inside it count', () => {
  const world = new World()
  world.temp(100, 1)
  world.temp(300, 2)
  const live = world.live('SUM:temp:[]:[200,400]')
  world.temp(150, 10)
  world.temp(200, 20)
  world.temp(401, 40)
  world.temp(400, 80)

  expect(drain(live).map(({ timestamp, value }) => [timestamp, value])).toEqual([
    [200, 22],
    [400, 102],
  ])
})

test('a range from a timestamp to now has no end', () => {
  const world = new World()
  world.now = 1000
  world.temp(500, 1)
  const live = world.live('SUM:temp:[]:[500,now]')
  world.temp(9_000_000, 2)

  expect(values(live)).toEqual([3])
})

test('a live range that cannot be kept up to date is refused with the reason', () => {
  expect(() => new World().live('AVG:temp:[]:[2h,1h]')).toThrow(/must end now/)
})

test('producers are the open connections in the aggregate, ascending', () => {
  const world = new World()
  const running = world.live('COUNT:temp:[]')
  const rolling = world.live('COUNT:temp:[]:[10s]')
  world.temp(0, 1, 9)
  world.temp(5 * second, 1, 2)
  world.temp(6 * second, 1)
  world.temp(12 * second, 1, 5)
  world.engine.closeProducer(9)
  world.temp(13 * second, 1, 5)

  expect(drain(running).map((event) => event.producers)).toEqual([[9], [2, 9], [2, 9], [2, 5, 9], [2, 5]])
  expect(drain(rolling).map((event) => event.producers)).toEqual([[9], [2, 9], [2, 9], [2, 5], [2, 5]])
})

test('of two samples of one series and timestamp the store keeps the later, and a live query counts both', () => {
  const world = new World()
  const live = world.live('SUM:temp:[]')
  world.append('temp', ['b', 'a'], 10, 1)
  world.append('temp', ['a', 'b'], 10, 2)

  expect(drain(live)).toEqual([
    { timestamp: 10, value: 1, tags: ['a', 'b'], producers: [] },
    { timestamp: 10, value: 3, tags: ['a', 'b'], producers: [] },
  ])
  expect(world.history('SUM:temp:[]')).toBe(2)
})

test('of more than 1,024 producers the latest contributors are named', () => {
  const world = new World()
  const live = world.live('COUNT:temp:[]')
  for (let producer = 1; producer <= 1025; producer++) world.temp(producer, 1, producer)
  world.temp(2000, 1, 1)

  const events = drain(live)
  expect(events.at(-2)?.producers).toEqual(Array.from({ length: 1024 }, (_, index) => index + 2))
  expect(events.at(-1)?.producers).toEqual([1, ...Array.from({ length: 1023 }, (_, index) => index + 3)])
})

test('a full queue coalesces the oldest Events into the newest, counts them, and the newest covers them', () => {
  const world = new World(3)
  const live = world.live('SUM:temp:[]')
  for (let at = 1; at <= 10; at++) world.temp(at, at)

  expect(live.coalescedCount).toBe(7)
  expect(values(live)).toEqual([36, 45, 55])
  expect(world.history('COUNT:temp:[]')).toBe(10)
})

test('a freed query receives nothing more', () => {
  const world = new World()
  const live = world.live('SUM:temp:[]')
  const other = world.live('COUNT:temp:[]')
  world.temp(1, 1)
  world.engine.free(live)
  world.temp(2, 1)

  expect(live.waitingCount).toBe(1)
  expect(values(other)).toEqual([1, 2])
})

test('a sum beyond the range of doubles is the largest double, live and in history', () => {
  const world = new World()
  const running = world.live('SUM:temp:[]')
  const rolling = world.live('SUM:temp:[]:[10s]')
  const mean = world.live('AVG:temp:[]')
  world.temp(1, -Number.MAX_VALUE)
  world.temp(2, -Number.MAX_VALUE)

  for (const live of [running, rolling, mean]) expect(values(live)).toEqual([-Number.MAX_VALUE, -Number.MAX_VALUE])
  expect(world.history('SUM:temp:[]')).toBe(-Number.MAX_VALUE)
})

test('bad samples are refused and nothing of them is stored', () => {
  const world = new World()
  expect(() => world.temp(0.5, 1)).toThrow(/timestamp 0.5/)
  expect(() => world.temp(2 ** 53, 1)).toThrow(/timestamp/)
  expect(() => world.temp(1, Number.NaN)).toThrow(/value NaN/)
  expect(world.history('COUNT:temp:[]')).toBe(0)
})

test('history is weighted by samples, resolves now with the clock, and of nothing is NaN or 0', () => {
  const world = new World()
  world.append('temp', ['a'], 1 * second, 10)
  world.append('temp', ['b'], 2 * second, 20)
  world.append('temp', ['b'], 3 * second, 30)
  world.now = 4 * second

  expect(world.history('AVG:temp:[]')).toBe(20)
  expect(world.history('COUNT:temp:[]:[2s]')).toBe(2)
  expect(world.history('SUM:nothing:[]')).toBe(0)
  expect(world.history('COUNT:nothing:[]')).toBe(0)
  for (const operator of ['AVG', 'MIN', 'MAX']) expect(world.history(`${operator}:nothing:[]`)).toBeNaN()
})

/** Distinct timestamps per series, in almost any order. */
const feed = fc.uniqueArray(
  fc.record({
    tag: fc.constantFrom('a', 'b'),
    timestamp: fc.integer({ min: 0, max: 60 }).map((at) => at * second),
    // Anything, and often values that make a sum leave the range of doubles and return.
    value: fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -1000, max: 1000, noNaN: true }),
      fc.constantFrom(Number.MAX_VALUE, -Number.MAX_VALUE, 1e308, -1e308, 2 ** 970, Number.MIN_VALUE),
    ),
  }),
  { selector: ({ tag, timestamp }) => `${tag}${timestamp}`, maxLength: 40 },
)

test.each(['AVG', 'MIN', 'MAX', 'SUM', 'COUNT'])(
  'live %s equals history over the same samples, to the last bit, for any feed and width',
  (operator) => {
    fc.assert(
      fc.property(feed, feed, fc.integer({ min: 0, max: 70 }), (stored, arriving, width) => {
        const world = new World()
        const seen = new Set(stored.map(({ tag, timestamp }) => `${tag}${timestamp}`))
        for (const { tag, timestamp, value } of stored) world.append('temp', [tag], timestamp, value)
        const query = `${operator}:temp:[]:[${width}s]`
        const live = world.live(query)
        let newest = Math.max(...stored.map(({ timestamp }) => timestamp))
        for (const { tag, timestamp, value } of arriving) {
          if (seen.has(`${tag}${timestamp}`)) continue
          const isLate = timestamp < newest - width * second
          newest = Math.max(newest, timestamp)
          world.append('temp', [tag], timestamp, value)
          world.now = newest
          expect(values(live)).toEqual(isLate ? [] : [world.history(query)])
        }
      }),
      { numRuns: 200 },
    )
  },
)

/** Values as sensors send them: often the same, and in decimals, which no double holds exactly. */
const decimals = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: -100_000, max: 100_000 }).map((hundredths) => hundredths / 100),
      fc.integer({ min: 1, max: 40 }),
    )
    .map(([value, count]) => Array.from({ length: count }, () => value)),
  fc.array(
    fc.integer({ min: 980, max: 983 }).map((tenths) => tenths / 10),
    { minLength: 1, maxLength: 40 },
  ),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 10 }),
)

test.each(['', ':[5s]', ':[0,20000000]'])(
  'law: MIN ≤ AVG ≤ MAX of the same samples, live and in history, in the range "%s"',
  (range) => {
    fc.assert(
      fc.property(decimals, (arriving) => {
        const world = new World()
        const queries = ['MIN', 'AVG', 'MAX'].map((operator) => `${operator}:temp:[]${range}`)
        const lives = queries.map((query) => world.live(query))
        for (const [index, value] of arriving.entries()) {
          world.now = index * second
          world.temp(world.now, value)
          for (const [least, average, most] of [
            lives.map((live) => values(live)[0]),
            queries.map((query) => world.history(query)),
          ]) {
            // Behind the end of a fixed range, no Event comes.
            if (average === undefined) continue
            expect(average).toBeGreaterThanOrEqual(least!)
            expect(average).toBeLessThanOrEqual(most!)
            expect(average).not.toBe(-0)
          }
        }
      }),
      { numRuns: 200 },
    )
  },
)

test('law: a batch does what its samples do one by one', () => {
  const sample = fc.tuple(fc.nat(2), fc.integer({ min: 0, max: 50 }), fc.integer({ min: -9, max: 9 }), fc.nat(3))
  const texts = ['AVG:s0:[]:[20s]', 'MIN:s0,s1:[]', 'COUNT:s2:[]:[0,50]']
  fc.assert(
    fc.property(fc.array(fc.array(sample, { maxLength: 20 }), { maxLength: 8 }), (batches) => {
      const [single, whole] = [watch(texts), watch(texts)]
      for (const samples of batches) {
        for (const [series, timestamp, value, producer] of samples)
          single.engine.append(series, timestamp, value, producer)
        const column = (at: 0 | 1 | 2 | 3): Float64Array => Float64Array.from(samples, (row) => row[at])
        const columns = { timestamps: column(1), values: column(2), producers: column(3) }
        const series = Uint32Array.from(column(0))
        expect(whole.engine.appendBatch({ count: samples.length, series, ...columns })).toEqual([])
      }

      expect(whole.queries.map(drain)).toEqual(single.queries.map(drain))
      for (const text of texts) {
        expect(whole.engine.history(parseQuery(text))).toEqual(single.engine.history(parseQuery(text)))
      }
    }),
  )
})

interface Watched {
  readonly engine: Engine
  readonly queries: readonly LiveQuery[]
}

function watch(texts: readonly string[]): Watched {
  const engine = new Engine({ store: new MemoryStore(), now: () => 100 })
  for (const name of ['s0', 's1', 's2']) engine.intern(createSeries(name, []))
  return { engine, queries: texts.map((text) => engine.subscribe(parseQuery(text))) }
}
