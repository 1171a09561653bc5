/** Windows that share their samples, and the limit on the samples of all. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../model/live-event.ts'
import { createSeries } from '../model/series.ts'
import { parseQuery } from '../query/parse-query.ts'
import { readSeed } from '../read-seed.ts'
import { MemoryStore } from '../store/memory-store.ts'
import { appendSample } from '../../../test/append-sample.ts'
import { HandleTable, handlesOpenMax } from './handle-table.ts'

const second = 1_000_000

/** One guest and its store; `sharing: false` seeds every window, as if each were the only one. */
function open({ sharing = true, windowSamplesMax = 1000 } = {}) {
  const store = new MemoryStore()
  const temp = store.intern(createSeries('temp', ['room=1']))
  const handles = new HandleTable((id) => store.series(id), { windowSamplesMax })
  const seeded: number[] = []
  return {
    handles,
    /** How many samples each seed had. */
    seeded,
    write: (timestamp: number, value: number, producer = 0): void => {
      appendSample(store, temp, timestamp, value)
      handles.offer(temp, timestamp, value, producer, timestamp)
    },
    live: (text: string): number => {
      const query = parseQuery(text)
      const equal = sharing ? handles.equalTo(query) : undefined
      if (equal !== undefined) return handles.add(query, equal)
      const admit = (count: number): void => {
        handles.assertWindowRoom(query, count)
        seeded.push(count)
      }
      return handles.add(query, readSeed(store, query, 0, admit))
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
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      // Mostly ascending; repeats and late samples are frequent.
      back: fc.integer({ min: -2, max: 3 }),
      value: fc.integer({ min: -5, max: 5 }),
      producer: fc.integer({ min: 0, max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('live' as const),
      query: fc
        .tuple(
          fc.constantFrom('COUNT', 'SUM', 'AVG', 'MIN', 'MAX'),
          fc.constantFrom('temp:[]', 'temp:[room=1]', 'temp,other:[]', 'other,temp:[]'),
          fc.constantFrom('[2s]', '[2s,now]', '[10s]', '[0s]'),
        )
        .map((parts) => parts.join(':')),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('free' as const), handle: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('close' as const), producer: fc.integer({ min: 1, max: 2 }) }),
  },
)

test('law: a handle that shares a window has the Events that it would have alone', () => {
  let sharedCount = 0
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), (steps) => {
      const [shared, alone] = [open(), open({ sharing: false })]
      let newest = 0
      for (const one of steps) {
        if (one.kind === 'write') {
          const timestamp = newest + one.back * second
          newest = Math.max(newest, timestamp)
          for (const world of [shared, alone]) world.write(timestamp, one.value, one.producer)
        } else if (one.kind === 'live') {
          expect(shared.live(one.query)).toBe(alone.live(one.query))
        } else if (one.kind === 'free') {
          expect(shared.handles.free(one.handle)).toBe(alone.handles.free(one.handle))
        } else {
          for (const { handles } of [shared, alone]) handles.closeProducer(one.producer)
        }
      }
      sharedCount += alone.seeded.length - shared.seeded.length
      expect(shared.handles.windowSampleCount).toBeLessThanOrEqual(alone.handles.windowSampleCount)
      for (const handle of alone.handles.liveQueries.keys()) expect(shared.drain(handle)).toEqual(alone.drain(handle))
      expect(shared.handles.lateCount).toBe(alone.handles.lateCount)
      for (const handle of shared.handles.liveQueries.keys()) shared.handles.free(handle)
      expect(shared.handles.windowSampleCount).toBe(0)
    }),
    { numRuns: 500 },
  )
  expect(sharedCount).toBeGreaterThan(200)
})

test('all handles that a guest can open over one window hold its samples once', () => {
  const { handles, seeded, write, live, drain } = open()
  for (let at = 1; at <= 500; at++) write(at * second, at)
  const operators = ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT']
  for (let count = 0; count < handlesOpenMax; count++) live(`${operators[count % 5]!}:temp:[]:[1h]`)

  expect(seeded).toEqual([500])
  expect(handles.windowSampleCount).toBe(500)

  write(501 * second, 501)
  expect(handles.windowSampleCount).toBe(501)
  expect([1, 2, 3, 4, 5].map((handle) => drain(handle)[0]?.value)).toEqual([251, 1, 501, 125_751, 501])
})

test('a window that is opened after the next sample is another: a repeated sample counts once in it', () => {
  const { handles, write, live, drain } = open()
  write(1 * second, 10)
  const early = live('COUNT:temp:[]:[1h]')
  write(1 * second, 20)
  const late = live('COUNT:temp:[]:[1h]')
  write(2 * second, 30)

  expect(handles.windowSampleCount).toBe(3 + 2)
  expect(drain(early).map(({ value }) => value)).toEqual([2, 3])
  expect(drain(late).map(({ value }) => value)).toEqual([2])
})

test('a window beyond the room for samples is refused before any is read, and a freed one makes room', () => {
  const { handles, seeded, write, live } = open({ windowSamplesMax: 25 })
  for (let at = 1; at <= 20; at++) write(at * second, at)
  const first = live('SUM:temp:[]:[1h]')

  expect(() => live('SUM:temp:[]:[10s]')).toThrow(
    'cannot subscribe to "SUM:temp:[]:[10s]": its window would begin with 11 samples, and there is room for 5 more in ' +
      'the windows of this workflow; narrow the range or free handles, or raise "window_samples" under [limits]',
  )
  expect(seeded).toEqual([20])
  expect(handles.openCount).toBe(1)

  handles.free(first)
  live('SUM:temp:[]:[10s]')
  expect(handles.windowSampleCount).toBe(11)
})

test('windows that grow beyond the limit end the run, and name the largest', () => {
  const { write, live } = open({ windowSamplesMax: 10 })
  live('SUM:temp:[]:[2s]')
  live('SUM:temp:[]:[1h]')
  for (let at = 1; at <= 7; at++) write(at * second, at)

  expect(() => write(8 * second, 8)).toThrow(
    'the windows of its live queries hold 11 samples, and may hold 10: 8 are in that of "SUM:temp:[]:[1h]"; narrow',
  )
})

test('samples that leave a window make room', () => {
  const { handles, write, live } = open({ windowSamplesMax: 10 })
  live('SUM:temp:[]:[2s]')
  for (let at = 1; at <= 100; at++) write(at * second, at)
  expect(handles.windowSampleCount).toBe(3)
})
