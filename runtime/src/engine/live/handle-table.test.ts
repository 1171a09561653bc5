import { expect, test } from 'vitest'
import { SampleRunsBuilder } from '../aggregate/sample-runs.ts'
import { parseQuery } from '../query/parse-query.ts'
import { createSeries } from '../model/series.ts'
import { queueEventsReserved } from './event-budget.ts'
import { HandleTable, handlesOpenMax, queueEventsMaxDefault, waitingEventsBudget } from './handle-table.ts'

const nothing = { groups: [], runCounts: new Uint32Array(), runs: new SampleRunsBuilder().take() }

function setup(queueEventsMax = 10) {
  const temp = createSeries('temp', [])
  const handles = new HandleTable(() => temp, { queueEventsMax })
  return {
    handles,
    open: (text = 'COUNT:temp:[]') => {
      const wanted = parseQuery(text)
      handles.assertRoom(wanted)
      const rolling = { kind: 'rolling', widthMicros: 1_000_000, ...nothing } as const
      return handles.add(wanted, wanted.range === null ? { kind: 'running' } : rolling)
    },
    write: (timestamp: number) => handles.offer(0, timestamp, 1, 0, timestamp),
  }
}

test('handles count from 1 and are never reused', () => {
  const { handles, open } = setup()
  expect(handles.next).toBe(1)
  expect(open()).toBe(1)
  expect(handles.free(1)).toBe(true)
  expect(open()).toBe(2)
  expect([handles.has(1), handles.has(2), handles.openCount]).toEqual([false, true, 1])
})

test('after a free, a poll answers nothing, even when an Event was waiting', () => {
  const { handles, open, write } = setup()
  const handle = open()
  expect(write(1)).toBe(true)
  expect(handles.waitingCount).toBe(1)
  expect(handles.free(handle)).toBe(true)
  expect(handles.poll(handle)).toBeUndefined()
  expect(handles.free(handle)).toBe(false)
  expect(handles.waitingCount).toBe(0)
  expect(write(2)).toBe(false)
})

test("another guest's handles are unknown", () => {
  const { handles, open, write } = setup()
  const { handles: other } = setup()
  const handle = open()
  write(1)

  expect(other.poll(handle)).toBeUndefined()
  expect(other.free(handle)).toBe(false)
  expect(handles.poll(handle)?.value).toBe(1)
})

test('each handle has the Events of a sample, in order', () => {
  const { handles, open, write } = setup()
  const [first, second] = [open(), open()]
  for (const timestamp of [30, 10, 20]) write(timestamp)
  expect([1, 2, 3].map(() => handles.poll(second)?.timestamp)).toEqual([30, 10, 20])
  expect(handles.poll(first)?.value).toBe(1)
  expect(handles.status()).toEqual([
    { handle: first, query: 'COUNT:temp:[]', waiting: 2, coalesced: 0, late: 0, groups: 0 },
    { handle: second, query: 'COUNT:temp:[]', waiting: 0, coalesced: 0, late: 0, groups: 0 },
  ])
})

test('the counters include freed handles', () => {
  const { handles, open, write } = setup(1)
  const handle = open()
  write(1)
  write(2)
  handles.poll(handle)
  handles.free(handle)

  expect(handles.coalescedCount).toBe(1)
  expect(handles.deliveredCount).toBe(1)
})

test('late samples are counted per guest, and make no Event', () => {
  const { handles, open, write } = setup()
  open('COUNT:temp:[]:[1s]')
  expect(write(10_000_000)).toBe(true)
  expect(write(1)).toBe(false)
  expect(handles.lateCount).toBe(1)
})

test('too many open handles are refused with the remedy', () => {
  const { open } = setup()
  for (let count = 0; count < handlesOpenMax; count++) open()
  expect(() => open()).toThrow(/free those you no longer need/)
})

test('a thousand handles that are never polled hold a bounded number of Events, and one that is polled loses none', () => {
  const { handles, open, write } = setup(queueEventsMaxDefault)
  for (let count = 0; count < handlesOpenMax; count++) open()
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
  const { handles, open, write } = setup(queueEventsMaxDefault)
  for (let count = 0; count < handlesOpenMax; count++) open()
  for (let timestamp = 1; timestamp <= 200; timestamp++) write(timestamp)
  for (const handle of handles.liveQueries.keys()) handles.free(handle)
  const { coalescedCount } = handles
  open()
  for (let timestamp = 201; timestamp <= 1000; timestamp++) write(timestamp)

  expect(coalescedCount).toBeGreaterThan(0)
  expect(handles.coalescedCount).toBe(coalescedCount)
})
