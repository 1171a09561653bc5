import { expect, test } from 'vitest'
import { Engine, queueEventsMaxDefault } from './engine.ts'
import { HandleTable, handlesOpenMax, waitingEventsBudget } from './handle-table.ts'
import { queueEventsReserved } from './live/event-budget.ts'
import { createSeries } from './model/series.ts'
import { parseQuery } from './query/parse-query.ts'
import { MemoryStore } from './store/memory-store.ts'

function setup(queueEventsMax = 10): { handles: HandleTable; other: HandleTable; write: (timestamp: number) => void } {
  const engine = new Engine({ store: new MemoryStore(), now: () => 0, queueEventsMax })
  const series = engine.intern(createSeries('temp', []))
  return {
    handles: new HandleTable(engine),
    other: new HandleTable(engine),
    write: (timestamp) => engine.append(series, timestamp, 1),
  }
}

const query = parseQuery('COUNT:temp:[]')

test('handles count from 1 and are never reused', () => {
  const { handles } = setup()
  expect(handles.open(query)).toBe(1)
  expect(handles.free(1)).toBe(true)
  expect(handles.open(query)).toBe(2)
  expect(handles.has(1)).toBe(false)
})

test('after a free, a poll answers nothing, even when an Event was waiting', () => {
  const { handles, write } = setup()
  const handle = handles.open(query)
  write(1)

  expect(handles.isWaiting()).toBe(true)
  expect(handles.free(handle)).toBe(true)
  expect(handles.poll(handle)).toBeUndefined()
  expect(handles.free(handle)).toBe(false)
  expect(handles.isWaiting()).toBe(false)
})

test("another guest's handles are unknown", () => {
  const { handles, other, write } = setup()
  const handle = handles.open(query)
  write(1)

  expect(other.poll(handle)).toBeUndefined()
  expect(other.free(handle)).toBe(false)
  expect(handles.poll(handle)?.value).toBe(1)
})

test('Events of several handles are taken in the order in which their samples arrived', () => {
  const { handles, write } = setup()
  const [first, second] = [handles.open(query), handles.open(query)]
  for (const timestamp of [30, 10, 20]) write(timestamp)
  handles.poll(second)
  const taken: [number, number][] = []

  handles.take(4, new Set(), (handle, _arrival, event) => taken.push([handle, event.timestamp]))
  expect(taken).toEqual([
    [first, 30],
    [first, 10],
    [second, 10],
    [first, 20],
  ])
  expect(handles.isWaiting(new Set([second]))).toBe(false)
  handles.take(4, new Set([second]), () => expect.fail('what is excepted stays'))
  expect(handles.status()).toEqual([
    { handle: first, query: 'COUNT:temp:[]', waiting: 0, coalesced: 0, late: 0 },
    { handle: second, query: 'COUNT:temp:[]', waiting: 1, coalesced: 0, late: 0 },
  ])
})

test('the counters include freed handles', () => {
  const { handles, write } = setup(1)
  const handle = handles.open(query)
  write(1)
  write(2)
  handles.poll(handle)
  handles.close()

  expect(handles.coalescedCount).toBe(1)
  expect(handles.deliveredCount).toBe(1)
})

test('late samples are counted per guest', () => {
  const { handles, write } = setup()
  handles.open(parseQuery('COUNT:temp:[]:[1s]'))
  write(10_000_000)
  write(1)

  expect(handles.lateCount).toBe(1)
})

test('too many open handles are refused with the remedy', () => {
  const { handles } = setup()
  for (let count = 0; count < handlesOpenMax; count++) handles.open(query)

  expect(() => handles.open(query)).toThrow(/free those you no longer need/)
})

test('a thousand handles that are never polled hold a bounded number of Events, and one that is polled loses none', () => {
  const { handles, write } = setup(queueEventsMaxDefault)
  for (let count = 0; count < handlesOpenMax; count++) handles.open(query)
  const polled: (number | undefined)[] = []
  const sampleCount = 400
  for (let timestamp = 1; timestamp <= sampleCount; timestamp++) {
    write(timestamp)
    polled.push(handles.poll(1)?.value)
  }

  expect(polled).toEqual(Array.from({ length: sampleCount }, (_, index) => index + 1))
  const waitingCount = handlesOpenMax * sampleCount - handles.coalescedCount - handles.deliveredCount
  expect(waitingCount).toBeGreaterThan(waitingEventsBudget - handlesOpenMax)
  expect(waitingCount).toBeLessThanOrEqual(waitingEventsBudget + handlesOpenMax * queueEventsReserved)
})

test('freed handles make room for the Events of others', () => {
  const { handles, write } = setup(queueEventsMaxDefault)
  for (let count = 0; count < handlesOpenMax; count++) handles.open(query)
  for (let timestamp = 1; timestamp <= 200; timestamp++) write(timestamp)
  handles.close()
  const { coalescedCount } = handles
  handles.open(query)
  for (let timestamp = 201; timestamp <= 1000; timestamp++) write(timestamp)

  expect(coalescedCount).toBeGreaterThan(0)
  expect(handles.coalescedCount).toBe(coalescedCount)
})
