import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CellTable } from './cell-table.ts'
import type { CsvRecord } from './csv-record.ts'

test('cells are known once they were added', () => {
  const table = new CellTable([0, 2])
  expect(table.find(record('a', 'x', 'b'))).toBe(-1)
  table.add(record('a', 'x', 'b'), 7)
  expect(table.find(record('a', 'y', 'b'))).toBe(7)
  expect(table.find(record('b', 'x', 'a'))).toBe(-1)
})

test('cells are compared one by one, not run together', () => {
  const table = new CellTable([0, 1])
  table.add(record('ab', 'c'), 1)
  expect(table.find(record('a', 'bc'))).toBe(-1)
  expect(table.find(record('abc', ''))).toBe(-1)
  expect(table.find(record('ab', 'cd'))).toBe(-1)
})

test('bytes that are not UTF-8 do not pass for the end of a cell', () => {
  const table = new CellTable([0, 1])
  table.add(record('a', 'b'), 1)
  table.add(record('', 'c'), 2)
  expect(table.find(record(Uint8Array.of(0x61, 0xff, 0x62), ''))).toBe(-1)
})

test('a table of no columns knows one thing', () => {
  const table = new CellTable([])
  expect(table.find(record('a'))).toBe(-1)
  table.add(record('a'), 3)
  expect(table.find(record('b'))).toBe(3)
})

test('it says when it is full, by the number of its keys or by their bytes', () => {
  const byCount = new CellTable([0])
  for (let index = 0; index < 262_144; index++) {
    if (byCount.isFull) throw new Error(`full after ${index} keys`)
    byCount.add(record(`${index}`), index)
  }
  expect(byCount.isFull).toBe(true)
  const byBytes = new CellTable([0])
  byBytes.add(record(Buffer.alloc(8 * 1024 * 1024)), 0)
  expect(byBytes.isFull).toBe(false)
  byBytes.add(record(Buffer.alloc(8 * 1024 * 1024, 'a')), 1)
  expect(byBytes.isFull).toBe(true)
})

test('law: it answers like a map, in any order of rows', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 4 })
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { maxLength: 400 }), (rows) => {
      const table = new CellTable([1, 0])
      const map = new Map<string, number>()
      for (const row of rows) {
        const key = row.join(',')
        expect(table.find(record(...row))).toBe(map.get(key) ?? -1)
        if (map.has(key)) continue
        table.add(record(...row), map.size)
        map.set(key, map.size)
      }
    }),
  )
})

function record(...cells: readonly (string | Uint8Array)[]): CsvRecord {
  const encoded = cells.map((cell) => (typeof cell === 'string' ? new TextEncoder().encode(cell) : cell))
  const ends = encoded.map((_, index) => encoded.slice(0, index + 1).reduce((sum, cell) => sum + cell.length, 0))
  return {
    bytes: Buffer.concat(encoded),
    starts: Int32Array.of(0, ...ends),
    ends: Int32Array.from(ends),
    cellCount: cells.length,
    line: 1,
  }
}
