import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdTable } from './id-table.ts'

test('it holds what a map holds, in order of ids', () => {
  const change = fc.record({ id: fc.integer({ min: 0, max: 300 }), isSet: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 400, size: 'max' }), (changes) => {
      const table = new IdTable<number>()
      const model = new Map<number, number>()
      for (const [turn, { id, isSet }] of changes.entries()) {
        if (isSet) {
          table.set(id, turn)
          model.set(id, turn)
        } else {
          table.delete(id)
          model.delete(id)
        }
      }
      expect([...table.entries()]).toEqual([...model].sort(([left], [right]) => left - right))
      expect(table.size).toBe(model.size)
      for (const id of [0, 1, 63, 64, 300, 301, 0xffff_fffe]) expect(table.get(id)).toBe(model.get(id))
    }),
  )
})
