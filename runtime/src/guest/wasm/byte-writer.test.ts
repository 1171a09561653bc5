import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteCursor } from './byte-cursor.ts'
import { ByteWriter, encodeUnsigned } from './byte-writer.ts'

test('a number has as few bytes as it needs, low bits first', () => {
  expect(encodeUnsigned(0)).toEqual([0])
  expect(encodeUnsigned(127)).toEqual([127])
  expect(encodeUnsigned(128)).toEqual([0x80, 1])
  expect(encodeUnsigned(624_485)).toEqual([0xe5, 0x8e, 0x26])
})

test('law: a cursor reads what was written, even beyond 32 bits', () => {
  fc.assert(
    fc.property(fc.array(fc.maxSafeNat()), (numbers) => {
      const writer = new ByteWriter(0)
      for (const number of numbers) writer.unsigned(number)
      const cursor = new ByteCursor(writer.bytes())

      expect(numbers.map(() => cursor.unsigned())).toEqual(numbers)
      expect(cursor.done).toBe(true)
    }),
  )
})
