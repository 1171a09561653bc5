import fc from 'fast-check'
import { expect, test } from 'vitest'
import { movedBy, offsetBefore, unmoved, type ByteMoves } from './byte-moves.ts'

test('without moves every offset is its own', () => {
  expect(offsetBefore(unmoved, 0)).toBe(0)
  expect(offsetBefore(unmoved, 4096)).toBe(4096)
})

test('offsets come back from where they were moved to, and those of inserted bytes are what follows', () => {
  const insertion = fc.record({ kept: fc.integer({ min: 0, max: 5 }), inserted: fc.integer({ min: 1, max: 5 }) })
  fc.assert(
    fc.property(fc.array(insertion), fc.integer({ min: 0, max: 5 }), (insertions, tail) => {
      // The new module, as the offsets that its bytes had in the old one.
      const origins: number[] = []
      const starts: number[] = []
      const shifts: number[] = []
      let old = 0
      for (const { kept, inserted } of insertions) {
        for (let count = 0; count < kept; count++) origins.push(old++)
        for (let count = 0; count < inserted; count++) origins.push(old)
        starts.push(origins.length)
        shifts.push(origins.length - old)
      }
      for (let count = 0; count < tail; count++) origins.push(old++)
      const moves: ByteMoves = { starts: Uint32Array.from(starts), shifts: Int32Array.from(shifts) }
      expect(origins.map((_, offset) => offsetBefore(moves, offset))).toEqual(origins)
      for (const bytes of [0, 7]) {
        const again = movedBy(moves, bytes)
        expect(origins.map((_, offset) => offsetBefore(again, offset + bytes))).toEqual(origins)
      }
    }),
  )
})

test('a module may also shrink', () => {
  expect(offsetBefore(movedBy(unmoved, -2), 100)).toBe(102)
})
