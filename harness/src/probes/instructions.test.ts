import binaryen from 'assemblyscript/binaryen'
import { ByteCursor, readWasmBinary } from '@slung/runtime'
import { expect, test } from 'vitest'
import { insertProbes } from './insert-probes.ts'
import { firstInstruction, skipInstruction } from './instructions.ts'

/** Offsets of all instructions of all bodies. */
function readInstructions(bytes: Uint8Array): number[] {
  const { bodyOffsets, bodyEnds } = readWasmBinary(bytes)
  return Array.from(bodyOffsets).flatMap((start, index) => {
    const cursor = new ByteCursor(bytes, firstInstruction(bytes, start), bodyEnds[index])
    const offsets: number[] = []
    while (!cursor.done) {
      offsets.push(cursor.offset)
      skipInstruction(cursor)
    }
    return offsets
  })
}

function assemble(body: string, rest: string = ''): Uint8Array {
  const module = binaryen.parseText(`(module ${rest} (memory 1) (export "memory" (memory 0)) (func $f ${body}))`)
  try {
    module.setFeatures(binaryen.Features.All)
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}

const v = '(v128.const i32x4 1 2 3 4)'

/** What compilers emit, by proposal. A probe before every instruction is only valid where each was read to its end. */
test.each([
  [
    'control flow',
    '(block (loop (if (i32.const 1) (then (br 1)) (else (br_if 2 (i32.const 0)) (br 1)))) (unreachable))',
  ],
  ['a table of branches', '(block (block (br_table 0 1 0 1 (i32.const 300))))'],
  [
    'large constants',
    '(drop (i64.const -9223372036854775808)) (drop (i32.const -2147483648)) (drop (f64.const 1e300)) (drop (f32.const 1))',
  ],
  ['indirect calls', '(call_indirect (type $t) (i32.const 0))', '(type $t (func)) (table 1 funcref)'],
  ['sign extension', '(drop (i32.extend8_s (i32.const 1))) (drop (i64.extend32_s (i64.const 1)))'],
  ['saturating conversions', '(drop (i32.trunc_sat_f64_u (f64.const 1))) (drop (i64.trunc_sat_f32_s (f32.const 1)))'],
  [
    'bulk memory',
    `(memory.copy (i32.const 0) (i32.const 1) (i32.const 2)) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
     (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (data.drop $d)`,
    '(data $d "abc")',
  ],
  [
    'tables and references',
    `(local externref) (table.set $r (i32.const 0) (ref.func $g)) (drop (ref.is_null (table.get $r (i32.const 0)))) (drop (table.size $r))
     (drop (table.grow $r (ref.null func) (i32.const 1))) (table.fill $r (i32.const 0) (ref.null func) (i32.const 1))
     (table.copy $r $r (i32.const 0) (i32.const 0) (i32.const 1)) (drop (select (result externref) (local.get 0) (local.get 0) (i32.const 1)))
     (table.init $r $e (i32.const 0) (i32.const 0) (i32.const 1)) (elem.drop $e)`,
    '(table $r 2 funcref) (elem $e func $g) (func $g)',
  ],
  ['several values', '(call $many) (drop) (drop)', '(func $many (result i32 i64) (i32.const 1) (i64.const 2))'],
  [
    'a block with parameters',
    '(i32.const 1) (if (param i32) (result i32) (i32.const 1) (then (i32.eqz)) (else)) (drop)',
  ],
  ['locals of many types', '(local i32 i64) (local v128 funcref externref) (local.set 0 (i32.const 1))'],
  [
    'SIMD',
    `(drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 ${v} ${v})) (drop (i8x16.extract_lane_s 3 ${v}))
     (drop (f64x2.replace_lane 1 ${v} (f64.const 1))) (drop (v128.load8_lane 0 align=1 3 (i32.const 0) ${v}))
     (v128.store32_lane offset=300 2 (i32.const 0) ${v}) (drop (v128.load64_zero (i32.const 0))) (drop (i32x4.add ${v} ${v}))
     (drop (v128.load32_splat (i32.const 0))) (drop (i16x8.relaxed_q15mulr_s ${v} ${v})) (drop (i64x2.ge_s ${v} ${v}))
     (v128.store (i32.const 0) (f32x4.splat (f32.const 1)))`,
  ],
  ['tail calls', '(return_call $f)'],
  [
    'tail calls through a table',
    '(return_call_indirect (type $t) (i32.const 0))',
    '(type $t (func)) (table 1 funcref)',
  ],
  [
    'exceptions',
    `(block $out (result i32) (try_table (catch $tag $out) (catch_all 1) (throw $tag (i32.const 7))) (i32.const 0)) (drop)`,
    '(tag $tag (param i32))',
  ],
  [
    'exceptions with references',
    `(block $out (result exnref) (try_table (catch_all_ref $out) (call $f)) (return)) (throw_ref)`,
  ],
  [
    'exceptions of old',
    `(try (do (try (do (call $f)) (delegate 0))) (catch $tag (drop)) (catch_all (rethrow 0)))`,
    '(tag $tag (param i32))',
  ],
  [
    'references to functions',
    `(block $null (call_ref $t (br_on_null $null (ref.null $t)))) (drop (ref.as_non_null (ref.func $f)))`,
    '(type $t (func))',
  ],
  [
    'atomics',
    '(drop (i32.atomic.rmw8.add_u (i32.const 0) (i32.const 1))) (atomic.fence) (drop (i64.atomic.load (i32.const 8)))',
  ],
])('%s', (_what, body, rest = '') => {
  const bytes = assemble(body, rest)
  const offsets = readInstructions(bytes)
  expect(offsets.length).toBeGreaterThan(1)
  expect(isValid(bytes)).toBe(true)
  const { bytes: probed } = insertProbes(bytes, readWasmBinary(bytes), offsets)
  expect(isValid(probed)).toBe(true)
})

test('an unknown instruction is named with its place', () => {
  const read = (...bytes: number[]): unknown => skipInstruction(new ByteCursor(Uint8Array.from(bytes), 1))
  expect(() => read(0, 0xfb, 0x02, 0)).toThrow(new RangeError('the instruction 0xfb at byte 1 is not known here'))
  expect(() => read(0, 0xfc, 0x80, 0x02)).toThrow(
    new RangeError('the instruction 0xfc 0x100 at byte 1 is not known here'),
  )
  expect(() => read(0, 0x41)).toThrow(/cut off/)
})

function isValid(bytes: Uint8Array): boolean {
  return (globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } }).WebAssembly.validate(
    bytes,
  )
}
