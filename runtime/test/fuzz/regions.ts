/**
 * Regions at the edges of a guest's memory: a real guest passes addresses and lengths to every import that takes a Region, and what
 * its host receives, or the reason why not, is what a naive reading of the same bytes says.
 */
import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { prepareGuest, type GuestModule } from '../../src/guest/load/load-guest.ts'
import { GuestInstance } from '../../src/guest/run/guest-instance.ts'
import { assemble } from '../compile-guest.ts'
import { ScriptedHost } from '../scripted-host.ts'
import { fromHex, toHex } from './bytes.ts'
import { fuzzLaw, type Fuzz, type Law } from './law.ts'

/** Offset, capacity and length of a Region that lies at an address. */
type Triple = readonly [at: number, offset: number, capacity: number, length: number]
/** The number of an import, as in `calls`, and its parameters. */
type Call = readonly [name: number, first: number, second: number, third: number]

interface Memory {
  readonly triples: readonly Triple[]
  /** `[at, hex]` */
  readonly texts: readonly (readonly [number, string])[]
  readonly calls: readonly Call[]
}

const memoryBytes = 65_536
/** Where the guest finds its calls: their count, then four u32 each. */
const programAt = 32_768

/** Fills its memory from `random_get`, and makes the calls that it finds there. */
const guestText = `(module
  (import "env" "u_query_live" (func $live (param i32) (result i64)))
  (import "env" "u_query_history" (func $history (param i32) (result f64)))
  (import "env" "u_write_event" (func $event (param i32 i32 i32) (result i32)))
  (import "env" "u_writeback_ws" (func $ws (param i64 i32) (result i32)))
  (import "env" "u_writeback_http" (func $http (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $fill (param i32 i32) (result i32)))
  (memory (export "memory") 1 1)
  (func (export "allocate") (param i32) (result i32) (i32.const 1024))
  (func (export "deallocate") (param i32))
  (func (export "call") (result i32) (local $at i32) (local $left i32)
    (local $name i32) (local $a i32) (local $b i32) (local $c i32)
    (drop (call $fill (i32.const 0) (i32.const ${memoryBytes})))
    (local.set $left (i32.load (i32.const ${programAt})))
    (local.set $at (i32.const ${programAt + 4}))
    (block $done (loop $next
      (br_if $done (i32.eqz (local.get $left)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (local.set $name (i32.load (local.get $at)))
      (local.set $a (i32.load offset=4 (local.get $at)))
      (local.set $b (i32.load offset=8 (local.get $at)))
      (local.set $c (i32.load offset=12 (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (if (i32.eq (local.get $name) (i32.const 0)) (then (drop (call $live (local.get $a)))))
      (if (i32.eq (local.get $name) (i32.const 1)) (then (drop (call $history (local.get $a)))))
      (if (i32.eq (local.get $name) (i32.const 2))
        (then (drop (call $event (local.get $a) (local.get $b) (local.get $c)))))
      (if (i32.eq (local.get $name) (i32.const 3)) (then (drop (call $ws (i64.const 1) (local.get $a)))))
      (if (i32.eq (local.get $name) (i32.const 4))
        (then (drop (call $http (local.get $a) (local.get $b) (i32.const 1)))))
      (br $next)))
    (i32.const 0)))`

let guest: GuestModule | undefined

function imageOf({ triples, texts, calls }: Memory): DataView<ArrayBuffer> {
  const bytes = new Uint8Array(memoryBytes)
  const image = new DataView(bytes.buffer)
  for (const [at, hex] of texts)
    for (const [index, byte] of fromHex(hex).entries()) bytes[(at + index) % memoryBytes] = byte
  for (const [at, ...numbers] of triples) {
    for (const [index, number] of numbers.entries()) {
      if (at + 4 * index + 4 <= memoryBytes) image.setUint32(at + 4 * index, number, true)
    }
  }
  image.setUint32(programAt, calls.length, true)
  for (const [index, call] of calls.entries()) {
    for (const [column, number] of call.entries())
      image.setUint32(programAt + 4 + 16 * index + 4 * column, number, true)
  }
  return image
}

async function holds(input: Memory): Promise<void> {
  const image = imageOf(input)
  const host = new ScriptedHost()
  host.fillRandom = (target) => target.set(new Uint8Array(image.buffer).subarray(0, target.length))
  host.queryLive = (query) => host.calls.push(`live ${query}`)
  deepStrictEqual(await new GuestInstance(guest!, host).call(), { kind: 'returned', code: 0 })
  const expected = input.calls.map((call) => expectedOf(call, image))
  deepStrictEqual(
    host.calls,
    expected.filter(({ isRefused }) => !isRefused).map(({ text }) => text),
  )
  // ScriptedHost answers no request, which is one more refusal.
  const reasons = host.refusals.filter((text) => !text.includes('no answer from')).map(kindOf)
  deepStrictEqual(
    reasons,
    expected.filter(({ isRefused }) => isRefused).map(({ text }) => text),
  )
}

/** The first problem of the Regions that a call names, or the call as `ScriptedHost` notes it. */
function expectedOf([name, first, second, third]: Call, image: DataView): { isRefused: boolean; text: string } {
  const [query, number, tags, frame, url, body] = [4096, 2048, 131_072, 1_048_576, 8192, 16_777_216]
  const parts = [
    [read(first, query, image)],
    [read(first, query, image)],
    [read(first, number, image), read(second, number, image), read(third, tags, image)],
    [read(first, frame, image)],
    [read(first, url, image), read(second, body, image, true)],
  ][name]!
  const problem = parts.find((part) => 'problem' in part)
  if (problem !== undefined) return { isRefused: true, text: (problem as { problem: string }).problem }
  const texts = parts.map((part) => (part as { text: string }).text)
  return { isRefused: false, text: [['live', 'history', 'event', 'ws 1', 'http POST'][name], ...texts].join(' ') }
}

type Part = { readonly text: string } | { readonly problem: string }

function read(address: number, bytesMax: number, image: DataView, isBinary = false): Part {
  if (address === 0) return { problem: 'is 0' }
  if (address > memoryBytes - 12) return { problem: 'lies outside' }
  const offset = BigInt(image.getUint32(address, true))
  const length = BigInt(image.getUint32(address + 8, true))
  if (offset + length > BigInt(memoryBytes)) return { problem: 'outside' }
  if (length > BigInt(bytesMax)) return { problem: 'at most' }
  const bytes = Buffer.from(image.buffer as ArrayBuffer, Number(offset), Number(length))
  const text = bytes.toString('utf8')
  if (!isBinary && !Buffer.from(text, 'utf8').equals(bytes)) return { problem: 'UTF-8' }
  // The host decodes bodies as every decoder does: without a byte order mark.
  return { text: isBinary ? new TextDecoder().decode(bytes) : text }
}

function kindOf(reason: string): string {
  const kinds = ['is 0', 'lies outside', 'outside', 'at most', 'UTF-8']
  return kinds.find((kind) => reason.includes(kind)) ?? reason
}

const edge = fc.oneof(
  fc.constantFrom(
    0,
    1,
    11,
    12,
    4095,
    4096,
    4097,
    memoryBytes - 13,
    memoryBytes - 12,
    memoryBytes - 11,
    memoryBytes - 1,
  ),
  fc.constantFrom(memoryBytes, memoryBytes + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_fff4, 0xffff_ffff),
  fc.nat(64),
  fc.nat(memoryBytes),
)
/** Most Regions lie below the program, where nothing else is. */
const place = fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 2000, max: 2040 }) }, edge)
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }).map((all) => toHex(Buffer.from(all))),
  fc.uint8Array({ maxLength: 8 }).map(toHex),
)
const length = fc.oneof({ weight: 3, arbitrary: fc.nat(9) }, edge)

export const regions: Law<Memory> = {
  name: 'regions',
  home: import.meta.dirname,
  cases: fc.record({
    triples: fc.array(fc.tuple(place, fc.oneof(place, fc.nat(30)), edge, length), { maxLength: 4 }),
    texts: fc.array(fc.tuple(fc.oneof(fc.nat(30), place), text), { maxLength: 3 }),
    calls: fc.array(fc.tuple(fc.nat(4), place, place, place), { minLength: 1, maxLength: 4 }),
  }),
  holds,
  open: async () => {
    guest ??= await prepareGuest('regions.wasm', assemble(guestText))
  },
}

export const fuzz: Fuzz = fuzzLaw(regions)
