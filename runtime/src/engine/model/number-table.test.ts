import { expect, test } from 'vitest'
import fc from 'fast-check'
import { NumberTable } from './number-table.ts'

test('it holds what a map would', () => {
  const change = fc.tuple(fc.nat(200), fc.option(fc.integer({ min: 1, max: 2 ** 40 }), { nil: 0 }))
  fc.assert(
    fc.property(fc.array(change, { maxLength: 300 }), (changes) => {
      const [table, map] = [new NumberTable(), new Map<number, number>()]
      for (const [id, value] of changes) {
        if (value === 0) table.delete(id)
        else table.set(id, value)
        map.set(id, value)
      }
      for (let id = 0; id <= 200; id++) expect(table.get(id)).toBe(map.get(id) ?? 0)
    }),
  )
})

test('an id may be high, and a number large', () => {
  const table = new NumberTable()
  table.set(1_000_000, 2 ** 33)
  expect([table.get(0), table.get(999_999), table.get(1_000_000)]).toEqual([0, 0, 2 ** 33])
})
