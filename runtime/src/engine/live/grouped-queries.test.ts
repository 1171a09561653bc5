/** Live queries with groups: each group is a live query of its own. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../model/live-event.ts'
import { createSeries } from '../model/series.ts'
import { parseQuery } from '../query/parse-query.ts'
import { readSeed } from '../read-seed.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { appendSample } from '../../../test/append-sample.ts'
import { HandleTable } from './handle-table.ts'
import { groupSamples } from './window-limit.ts'

const second = 1_000_000
const places = [
  [],
  ['room=a'],
  ['floor=1', 'room=a'],
  ['room=b'],
  ['floor=2', 'room=b'],
  ['room=c', 'floor=1'],
  ['room='],
]

/** One guest and its store. */
function open({ windowSamplesMax = 100_000, queueEventsMax = 1000 } = {}) {
  const store = new MemoryStore()
  const handles = new HandleTable((id) => store.series(id), { windowSamplesMax, queueEventsMax })
  return {
    handles,
    write: (tags: readonly string[], timestamp: number, value: number, producer = 0, name = 'co2'): void => {
      const series = store.intern(createSeries(name, tags))
      appendSample(store, series, timestamp, value)
      handles.offer(series, timestamp, value, producer, timestamp)
    },
    live: (text: string): number => {
      const query = parseQuery(text)
      const equal = handles.equalTo(query)
      const admit = (count: number): void => handles.assertWindowRoom(query, count)
      return handles.add(query, equal ?? readSeed(store, query, 0, admit))
    },
    drain: (handle: number): LiveEvent[] => {
      const events: LiveEvent[] = []
      for (let event = handles.poll(handle); event !== undefined; event = handles.poll(handle)) events.push(event)
      return events
    },
  }
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      place: fc.constantFrom(...places),
      name: fc.constantFrom('co2', 'co2', 'voc'),
      // Mostly ascending; repeats and late samples are frequent.
      back: fc.integer({ min: -4, max: 3 }),
      value: fc.integer({ min: -5, max: 5 }),
      producer: fc.integer({ min: 0, max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        operator: fc.constantFrom('COUNT', 'SUM', 'AVG', 'MIN', 'MAX'),
        names: fc.constantFrom('co2', 'co2,voc'),
        besides: fc.constantFrom('', ' AND floor=1', ' NOT floor=2'),
        range: fc.constantFrom('', ':[2s]', ':[10s,now]', ':[0s]', `:[${2 * second},${20 * second}]`),
      })
      .map((query) => ({ kind: 'live' as const, ...query })),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drain' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('close' as const), producer: fc.integer({ min: 1, max: 2 }) }),
  },
)

test('law: a grouped query delivers what the query of each value would, in the order of arrival', () => {
  const rooms = ['room=a', 'room=b', 'room=c', 'room=']
  let eventCount = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 80, size: 'max' }), (steps) => {
      const [grouped, alone] = [open(), open()]
      // Each handle of `grouped`, with those of `alone` by their value.
      const pairs: { readonly handle: number; readonly byRoom: ReadonlyMap<string, number>; order: number[] }[] = []
      let newest = 0
      const drain = (): void => {
        for (const pair of pairs) {
          const events = grouped.drain(pair.handle)
          eventCount += events.length
          for (const [room, handle] of pair.byRoom) {
            expect(events.filter(({ tags }) => tags.includes(room))).toEqual(alone.drain(handle))
          }
          expect(events.map(({ timestamp }) => timestamp)).toEqual(pair.order)
          pair.order = []
        }
      }
      for (const one of steps) {
        if (one.kind === 'write') {
          const timestamp = newest + one.back * second
          newest = Math.max(newest, timestamp)
          const before = pairs.map(({ handle }) => grouped.handles.liveQueries.get(handle)!.waitingCount)
          for (const world of [grouped, alone]) world.write(one.place, timestamp, one.value, one.producer, one.name)
          for (const [index, pair] of pairs.entries()) {
            const { waitingCount } = grouped.handles.liveQueries.get(pair.handle)!
            if (waitingCount > before[index]!) pair.order.push(timestamp)
          }
        } else if (one.kind === 'live') {
          const live = (world: typeof grouped, room: string): number =>
            world.live(`${one.operator}:${one.names}:[${room}${one.besides}]${one.range}`)
          const handle = live(grouped, 'room=*')
          pairs.push({ handle, byRoom: new Map(rooms.map((room) => [room, live(alone, room)])), order: [] })
        } else if (one.kind === 'drain') drain()
        else for (const { handles } of [grouped, alone]) handles.closeProducer(one.producer)
      }
      drain()
      expect(grouped.handles.lateCount).toBe(alone.handles.lateCount)
      for (const { handle } of pairs) grouped.handles.free(handle)
      expect(grouped.handles.windowSampleCount).toBe(0)
    }),
    { numRuns: 400 },
  )
  expect(eventCount).toBeGreaterThan(2000)
})

test('several keys group by their combination, and a sample without one of them does not match', () => {
  const { write, live, drain } = open()
  const handle = live('COUNT:co2:[site=* AND room=*]')
  const tags = [['site=x', 'room=1'], ['site=y', 'room=1'], ['site=x'], ['site', 'room=1'], ['room=1', 'site=x', 'new']]
  for (const [at, one] of tags.entries()) write(one, at, 0)

  expect(drain(handle).map(({ timestamp, value }) => [timestamp, value])).toEqual([
    [0, 1],
    [1, 1],
    [4, 2],
  ])
})

test('a series with two values of the key belongs to the group of both together', () => {
  const { write, live, drain } = open()
  const handle = live('COUNT:co2:[room=*]')
  for (const tags of [['room=a'], ['room=b'], ['room=b', 'room=a'], ['room=a', 'room=b', 'x']]) write(tags, 1, 0)

  expect(drain(handle).map(({ value }) => value)).toEqual([1, 1, 1, 2])
})

test('a window that rolls in one group leaves the others alone', () => {
  const { write, live, drain } = open()
  write(['room=slow'], 1 * second, 10)
  const handle = live('SUM:co2:[room=*]:[5s]')
  for (let at = 1; at <= 100; at++) write(['room=fast'], at * second, 1)
  write(['room=slow'], 3 * second, 20)

  expect(
    drain(handle)
      .slice(-2)
      .map(({ value }) => value),
  ).toEqual([6, 30])
})

test('handles with equal windows share those of all groups', () => {
  const { handles, write, live, drain } = open()
  for (const room of ['room=a', 'room=b']) for (let at = 1; at <= 10; at++) write([room], at * second, at)
  const operators = ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT']
  const opened = operators.map((operator) => live(`${operator}:co2:[room=*]:[1h]`))
  expect(handles.windowSampleCount).toBe(2 * (10 + groupSamples))

  write(['room=a'], 11 * second, 11)
  write(['room=new'], 12 * second, 0)
  expect(opened.map((handle) => drain(handle).map(({ value }) => value))).toEqual([
    [6, 0],
    [1, 0],
    [11, 0],
    [66, 0],
    [11, 1],
  ])
  expect(handles.windowSampleCount).toBe(21 + 1 + 3 * groupSamples)
  expect(handles.status()[0]).toMatchObject({ query: 'AVG:co2:[room=*]:[1h]', groups: 3 })
})

test('a full queue keeps the latest Event of every group, and the aggregate of each covers what it skipped', () => {
  const { handles, write, live, drain } = open({ queueEventsMax: 10 })
  const handle = live('COUNT:co2:[room=*]')
  write(['room=quiet'], 0, 0)
  for (let at = 1; at <= 100; at++) write(['room=loud'], at, 0)
  for (let room = 0; room < 20; room++) write([`room=${room}`], 200, 0)

  const events = drain(handle)
  expect(events[0]).toMatchObject({ tags: ['room=quiet'], value: 1 })
  expect(events.slice(1, 10).map(({ value }) => value)).toEqual([92, 93, 94, 95, 96, 97, 98, 99, 100])
  expect(events.slice(10)).toHaveLength(20)
  expect(handles.coalescedCount).toBe(91)
})

test('groups that would begin with too many samples are refused before any is read', () => {
  const { handles, write, live } = open({ windowSamplesMax: 99 })
  for (const room of ['room=a', 'room=b', 'room=c']) write([room], second, 1)

  expect(() => live('SUM:co2:[room=*]:[1h]')).not.toThrow()
  write(['room=c'], 2 * second, 1, 0, 'voc')
  handles.free(1)
  expect(() => live('SUM:co2,voc:[room=*]:[1h]')).toThrow(
    'cannot subscribe to "SUM:co2,voc:[room=*]:[1h]": its window would begin with 100 samples, with 32 for each of ' +
      'its groups, and there is room for 99 more in the windows of this workflow; narrow the range',
  )
  expect(() => live(`SUM:co2,voc:[room=*]:[0,${second}]`)).not.toThrow()
})

test('groups that become too many end the run with the reason, whatever the range', () => {
  const { handles, write, live } = open({ windowSamplesMax: 10 * groupSamples })
  live('SUM:co2:[room=*]')
  for (let room = 1; room <= 10; room++) write([`room=${room}`], 1, 1)
  for (let room = 1; room <= 10; room++) write([`room=${room}`], 2, 1)
  expect(handles.windowSampleCount).toBe(320)

  expect(() => write(['room=11'], 3, 1)).toThrow(
    'the windows of its live queries hold 352 samples, and may hold 320: 352 are in that of "SUM:co2:[room=*]", with 32 ' +
      'for each of its groups; narrow',
  )
})

test('a group whose samples are all outside of a fixed range does not count', () => {
  const { handles, write, live, drain } = open()
  const handle = live('SUM:co2:[room=*]:[10,20]')
  write(['room=a'], 5, 1)
  write(['room=b'], 15, 1)
  expect(drain(handle)).toHaveLength(1)
  expect(handles.windowSampleCount).toBe(groupSamples)
})
