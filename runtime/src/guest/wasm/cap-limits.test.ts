import { expect, test } from 'vitest'
import { assemble, guestText } from '../../../test/compile-guest.ts'
import { capLimits, tableElementsMax } from './cap-limits.ts'
import { replaceSections } from './replace-sections.ts'
import { readWasmBinary } from './wasm-binary.ts'

test.each([
  ['no tables', '', []],
  ['a table without a maximum', '(table 7 funcref)', [[7, tableElementsMax]]],
  ['a table that is modest', '(table 7 8 externref)', [[7, 8]]],
  ['a table that is greedy', '(table 0 4294967295 funcref)', [[0, tableElementsMax]]],
  ['a table with 64-bit addresses', '(table i64 1 funcref)', [[1, tableElementsMax]]],
  [
    'several tables',
    '(table 1 funcref) (table 200 300000 externref) (table 3 3 funcref)',
    [
      [1, tableElementsMax],
      [200, tableElementsMax],
      [3, 3],
    ],
  ],
])('with %s the maxima are in force, and everything after them stays as it is', (_what, tables, expected) => {
  const bytes = assemble(guestText('(i32.const 0)', tables))
  const before = readWasmBinary(bytes)
  const { replacements, memoryPagesMax } = capLimits(bytes, before, 300)
  const capped = replaceSections(bytes, replacements)
  const after = readWasmBinary(capped)
  expect(memoryPagesMax).toBe(300)
  expect(after.tables.map(({ initial, maximum }) => [initial, maximum])).toEqual(expected)
  expect(after.tables.map(({ is64 }) => is64)).toEqual(before.tables.map(({ is64 }) => is64))
  expect(after.memories).toMatchObject([{ initial: 1, maximum: 300 }])
  expect([...after.bodyOffsets]).toEqual([...before.bodyOffsets].map((offset) => offset + capped.length - bytes.length))
  expect(capped.subarray(after.memorySection!.end)).toEqual(bytes.subarray(before.memorySection!.end))
})
