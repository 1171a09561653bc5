/**
 * Events on their way to a workflow: what the host encodes, and any other JSON, is decoded by both SDKs to exactly what a naive reader
 * finds in it, or refused. Of a text that is not JSON they make the same (they take leading zeros), without a trap.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { EventEncoder } from '../../../runtime/src/guest/imports/event-json.ts'
import { wasmEngine } from '../../../runtime/src/guest/wasm/wasm-engine.ts'
import { anyInt64, toHex } from '../../../runtime/test/fuzz/bytes.ts'
import { fuzzLaw, type Fuzz, type Law } from '../../../runtime/test/fuzz/law.ts'
import { guestUrl, setup } from '../build-guests.ts'

interface EventText {
  /** As a host would send it. */
  readonly json: string
}

type Decoder = (json: string) => string | Promise<string>

const decoders = new Map<string, Decoder>()
let rust: ChildProcessWithoutNullStreams | undefined

async function holds({ json }: EventText): Promise<void> {
  let expected = readNaively(json)
  for (const [name, decode] of decoders) {
    const found = await decode(json)
    deepStrictEqual([name, found], [name, expected ?? found])
    expected ??= found
  }
}

/**
 * Timestamp, bits of the value, producers, tags in hex; `no` for what is not an Event, `null` for what only has to be
 * the same for both.
 */
function readNaively(json: string): string | null {
  let event: Record<string, unknown>
  try {
    // No digit may be lost.
    event = JSON.parse(json, keepSource as (key: string, value: unknown) => unknown) as Record<string, unknown>
  } catch {
    return null
  }
  const { timestamp, value, tags, producers } = Object(event) as Record<string, unknown>
  const time = integerOf(timestamp, -(2n ** 63n), 2n ** 63n - 1n)
  if (time === null || !(value instanceof Source) || !Array.isArray(tags) || !Array.isArray(producers)) return 'no'
  const ids = producers.map((producer) => integerOf(producer, 0n, 2n ** 64n - 1n))
  if (ids.includes(null) || tags.some((tag) => typeof tag !== 'string')) return 'no'
  // Of more digits, which no host sends, the last bit may be off.
  if (value.text.replace(/e.*/i, '').replaceAll(/\D/g, '').replace(/^0+/, '').length > 19) return null
  // No number of a host has such an exponent.
  if (Number(/e[+-]?(\d+)$/i.exec(value.text)?.[1]) > 99_999) return 'no'
  const bits = new BigUint64Array(Float64Array.of(Number(value.text)).buffer)[0]!
  const texts = (tags as readonly string[]).map((tag) => toHex(Buffer.from(tag)))
  return `${time} ${bits.toString(16)} [${ids.join()}] [${texts.join()}]`
}

/** A number of JSON, as it is written. */
class Source {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function keepSource(_key: string, value: unknown, context: { readonly source: string }): unknown {
  return typeof value === 'number' ? new Source(context.source) : value
}

function integerOf(value: unknown, least: bigint, most: bigint): bigint | null {
  if (!(value instanceof Source) || !(least < 0n ? /^-?\d+$/ : /^\d+$/).test(value.text)) return null
  const integer = BigInt(value.text)
  return integer < least || integer > most ? null : integer
}

/** No case is longer. */
const jsonBytesMax = 65_536

/** The decoder of the AssemblyScript SDK in a compiled guest, called from outside. */
export async function openAssemblyScript(): Promise<void> {
  const module = await wasmEngine.compile(await readFile(guestUrl('decode-event')))
  // It calls none of them.
  const functions = new Proxy<Record<string, unknown>>({}, { get: () => () => 0 })
  const { exports } = new wasmEngine.Instance(module, new Proxy({}, { get: () => functions }))
  const { memory, allocate, decode } = exports as {
    readonly memory: { readonly buffer: ArrayBuffer }
    readonly allocate: (byteCount: number) => number
    readonly decode: (address: number, byteCount: number) => number
  }
  const address = allocate(jsonBytesMax) >>> 0
  decoders.set('AssemblyScript', (json) => {
    const bytes = Buffer.from(json)
    new Uint8Array(memory.buffer).set(bytes, address)
    const found = decode(address, bytes.length) >>> 0
    // A string knows its length in bytes before its address.
    const length = new DataView(memory.buffer).getUint32(found - 4, true)
    const text = Buffer.from(memory.buffer, found, length).toString('utf16le')
    return text
  })
}

/** That of the Rust SDK in a process of its own; none where there is no cargo. */
async function openRust(): Promise<void> {
  const directory = join(import.meta.dirname, '../../../sdk-rust')
  const args = ['build', '--quiet', '--offline', '--release', '--example', 'decode_events']
  const { error, status } = spawnSync('cargo', args, { cwd: directory, stdio: 'inherit' })
  if (error !== undefined || status !== 0) return console.log('events: without the Rust SDK, which cargo cannot build')
  rust = spawn(join(directory, 'target/release/examples/decode_events'))
  const lines = createInterface({ input: rust.stdout })[Symbol.asyncIterator]()
  decoders.set('Rust', async (json) => {
    rust!.stdin.write(`${toHex(Buffer.from(json))}\n`)
    const { value, done } = await lines.next()
    return done === true ? 'the process ended' : value
  })
}

const tag = fc.oneof(
  fc.constantFrom('sensor=1', 'env=dev', 'a"b\\', '\u{1f321}', 'é', '', '\u2028'),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const double = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(-0, 5e-324, 0.1),
)
const encoder = new EventEncoder()
/** As the host writes it: finite values, and integers that are exact as numbers. */
const hosted = fc
  .record({
    timestamp: fc.oneof(fc.maxSafeInteger(), fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0)),
    value: double,
    tags: fc.array(tag, { maxLength: 4 }),
    producers: fc.array(fc.oneof(fc.nat(20), fc.maxSafeInteger().map(Math.abs)), { maxLength: 12 }),
  })
  .map((event) => Buffer.from(encoder.bytes.subarray(0, encoder.encode(event))).toString())
  // The encoder may take a larger array while it encodes.
  .filter((json) => json.endsWith(']}'))

const space = fc.constantFrom('', '', '', ' ', '\n', '\t\r ')
const numeral = fc.oneof(
  anyInt64.map(String),
  double.map(String),
  fc.constantFrom(
    '18446744073709551615',
    '18446744073709551616',
    '9223372036854775808',
    '-0',
    '1e3',
    '1.0',
    '01',
    '-',
    '1e400',
  ),
  fc
    .tuple(fc.bigInt(0n, 10n ** 11n), fc.bigInt(0n, 10n ** 9n), fc.integer({ min: -340, max: 320 }))
    .map(([whole, rest, power]) => `${whole}.${rest}e${power}`),
)
const quoted = fc.oneof(
  tag.map((text) => JSON.stringify(text)),
  fc.constantFrom('"\\u0041\\/"', '"\\ud83c\\udf21"', '"\\x"', '"a', '"\u0001"', 'null'),
)
const other = fc.oneof(
  quoted,
  numeral,
  fc.constantFrom('true', 'null', '{}', '[[1,{"a":[]}],"\\""]', 'tru', '[1,]', '{"a"}'),
)
const list = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(space, fc.array(items, { maxLength: 3 })).map(([gap, all]) => `[${gap}${all.join(`${gap},`)}${gap}]`)
const member = fc.oneof(
  fc.tuple(fc.constant('timestamp'), numeral),
  fc.tuple(fc.constant('value'), numeral),
  fc.tuple(fc.constant('tags'), list(quoted)),
  fc.tuple(fc.constant('producers'), list(numeral)),
  fc.tuple(fc.constantFrom('other', 'time', ''), other),
)
/** As another host might write it. */
const written = fc
  .tuple(
    fc.tuple(anyInt64.map(String), numeral, list(tag.map((text) => JSON.stringify(text))), list(fc.nat(9).map(String))),
    fc.uniqueArray(member, { maxLength: 2, selector: ([name]) => name }),
    fc.nat(23),
    space,
  )
  .map(([[timestamp, value, tags, producers], others, order, gap]) => {
    const usual: (readonly [string, string])[] = [
      ['timestamp', timestamp],
      ['value', value],
      ['tags', tags],
      ['producers', producers],
    ]
    // The others stand in for those of their name: readers differ in what they make of two.
    const members = [...usual.filter(([name]) => others.every(([instead]) => instead !== name)), ...others]
    const moved = [...members.splice(order % members.length), ...members]
    return `${gap}{${moved.map(([name, text]) => `${gap}"${name}"${gap}:${gap}${text}${gap}`).join()}}${gap}`
  })
const spoilt = fc
  .tuple(
    fc.oneof(hosted, written),
    fc.nat(200),
    fc.nat(3),
    fc.constantFrom('', ',', '"', '}', ']', '{', '\\', '1', 'e', '\0', '\ufeff', ' '),
  )
  .map(([json, where, gone, put]) => {
    const at = where % (json.length + 1)
    return json.slice(0, at) + put + json.slice(at + gone)
  })

export const events: Law<EventText> = {
  name: 'events',
  home: import.meta.dirname,
  cases: fc
    .oneof(hosted, written, spoilt)
    .filter((json) => json.isWellFormed())
    .map((json) => ({ json })),
  holds,
  open: async () => {
    await setup()
    await openAssemblyScript()
    await openRust()
  },
  close: async () => {
    rust?.kill()
  },
}

export const fuzz: Fuzz = fuzzLaw(events)
