import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeEvents, labelsOffset } from './event-frame.ts'
import { FrameSeriesTable } from './frame-series-table.ts'

test('labels are known once they are added', () => {
  const table = new FrameSeriesTable()
  expect(find(table, labels('temp', 'a=1'))).toBe(-1)
  add(table, labels('temp', 'a=1'), 7)
  expect(table.value).toBe(7)
  expect(find(table, labels('temp', 'a=1'))).toBe(7)
  expect(find(table, labels('temp', 'a=2'))).toBe(-1)
  expect(find(table, labels('temp'))).toBe(-1)
})

test('what followed last time is recognised, and its end with it', () => {
  const table = new FrameSeriesTable()
  const first = labels('temp', 'a=1')
  const second = labels('load')
  expect(predict(table, first)).toBe(-1)
  for (const [value, bytes] of [first, second, first].entries()) if (find(table, bytes) < 0) add(table, bytes, value)
  expect(table.value).toBe(0)
  expect(predict(table, second)).toBe(second.length)
  expect(table.value).toBe(1)
  expect(predict(table, first)).toBe(first.length)
  expect(predict(table, first)).toBe(-1)
  expect(table.value).toBe(0)
})

test('a number that is forgotten is not found, and its labels get another', () => {
  const table = new FrameSeriesTable()
  const [first, second] = [labels('temp', 'a=1'), labels('load')]
  for (const [value, bytes] of [first, second].entries()) add(table, bytes, value)
  find(table, first)
  table.forget(new Set([1]))
  expect(predict(table, second)).toBe(-1)
  expect(find(table, second)).toBe(-1)
  expect(find(table, first)).toBe(0)
  add(table, second, 2)
  expect(find(table, first)).toBe(0)
  expect(find(table, second)).toBe(2)
})

test('labels cut short are not recognised', () => {
  const table = new FrameSeriesTable()
  const bytes = labels('temp', 'a=1')
  add(table, bytes, 0)
  expect(predict(table, bytes)).toBe(bytes.length)
  expect(table.predict(bytes, 0, bytes.length - 1)).toBe(-1)
})

test('law: it answers like a map that may forget, at any size', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 3 })
  const limits = fc.record({
    entriesMax: fc.integer({ min: 1, max: 100 }),
    keyBytesMax: fc.integer({ min: 1, max: 1000 }),
    probesMax: fc.integer({ min: 1, max: 4 }),
  })
  fc.assert(
    fc.property(
      limits,
      fc.array(fc.tuple(name, fc.array(name, { maxLength: 2 })), { maxLength: 400 }),
      (bounds, series) => {
        const table = new FrameSeriesTable(bounds)
        const map = new Map<string, number>()
        for (const [text, tags] of series) {
          const bytes = labels(text, ...tags)
          const key = bytes.join()
          const value = map.get(key) ?? map.size
          map.set(key, value)
          if (predict(table, bytes) < 0 && find(table, bytes) < 0) add(table, bytes, value)
          expect(table.value).toBe(value)
        }
      },
    ),
  )
})

test('law: a table with room remembers everything', () => {
  const table = new FrameSeriesTable()
  const all = Array.from({ length: 5000 }, (_, index) => labels('temp', `sensor=${index}`))
  for (const [value, bytes] of all.entries()) add(table, bytes, value)
  expect(all.map((bytes) => find(table, bytes))).toEqual(all.map((_, value) => value))
})

test('a full table starts over', () => {
  const table = new FrameSeriesTable({ entriesMax: 2, keyBytesMax: 1000, probesMax: 64 })
  for (const [value, name] of ['a', 'b', 'c'].entries()) add(table, labels(name), value)
  expect(['a', 'b', 'c'].map((name) => find(table, labels(name)))).toEqual([-1, -1, 2])
})

function labels(series: string, ...tags: readonly string[]): Uint8Array {
  return encodeEvents([{ series, tags, timestamp: 0, value: 0 }]).subarray(labelsOffset)
}

function find(table: FrameSeriesTable, bytes: Uint8Array): number {
  return table.find(bytes, 0, bytes.length) ? table.value : -1
}

function predict(table: FrameSeriesTable, bytes: Uint8Array): number {
  return table.predict(bytes, 0, bytes.length)
}

function add(table: FrameSeriesTable, bytes: Uint8Array, value: number): void {
  table.add(bytes, 0, bytes.length, value)
}
