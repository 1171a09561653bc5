import { expect, test } from 'vitest'
import { Engine } from './engine.ts'
import { HandleTable, handlesOpenMax } from './handle-table.ts'
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

  expect(handles.isWaiting).toBe(true)
  expect(handles.free(handle)).toBe(true)
  expect(handles.poll(handle)).toBeUndefined()
  expect(handles.free(handle)).toBe(false)
  expect(handles.isWaiting).toBe(false)
})

test("another guest's handles are unknown", () => {
  const { handles, other, write } = setup()
  const handle = handles.open(query)
  write(1)

  expect(other.poll(handle)).toBeUndefined()
  expect(other.free(handle)).toBe(false)
  expect(handles.poll(handle)?.value).toBe(1)
})

test('counters keep what freed handles counted', () => {
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

  expect(() => handles.open(query)).toThrow(/free those no longer needed/)
})
