/**
 * Checks the AssemblyScript SDK and the vectors that the guest SDKs share against this host. The Rust SDK has the same
 * tests in Rust.
 */
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { MockHost } from '../../sdk-as/testing/index.js'
import { abiImports, formatSignature } from '../src/guest/contract/abi.ts'
import { Pulse } from '../src/guest/contract/pulse.ts'
import { parseWrittenEvent, type WrittenEvent } from '../src/guest/contract/written-event.ts'
import { EventEncoder } from '../src/guest/imports/event-json.ts'
import { createExtensionImports } from '../src/guest/imports/extension-imports.ts'
import { GuestContext } from '../src/guest/imports/guest-context.ts'
import { LinearMemory } from '../src/guest/imports/linear-memory.ts'
import { createWorkflowImports } from '../src/guest/imports/workflow-imports.ts'
import { ScriptedHost } from './scripted-host.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('the raw imports of the AssemblyScript SDK are those of the ABI, with their types', () => {
  const declared = [
    ...read('sdk-as/assembly/abi.ts').matchAll(
      /@external\("(?<module>\w+)", "(?<name>\w+)"\)\nexport declare function \w+\((?<parameters>.*)\): (?<result>\w+)/g,
    ),
  ].map(({ groups }) => {
    const parameters = groups!['parameters']!.split(', ').filter((parameter) => parameter !== '')
    const types = parameters.map((parameter) => wasmType(parameter.split(': ')[1]!))
    return `${groups!['module']}.${groups!['name']} ${formatSignature(types, [wasmType(groups!['result']!)])}`
  })
  const table = abiImports.map(
    ({ module, name, parameters, result }) =>
      `${module}.${name} ${formatSignature(
        parameters.map(({ type }) => type),
        result === null ? [] : [result],
      )}`,
  )

  expect(table).toEqual(expect.arrayContaining(declared))
  expect(declared).toEqual(expect.arrayContaining(table.filter((line) => /^(env\.u_|slung\.)/.test(line))))
})

function wasmType(type: string): string {
  return { i64: 'i64', u64: 'i64', f64: 'f64', i32: 'i32', u32: 'i32', usize: 'i32' }[type] ?? `unknown type ${type}`
}

interface Vectors {
  readonly events: readonly {
    readonly name: string
    readonly timestamp: string
    readonly valueBits: string
    readonly tags: readonly string[]
    readonly producers: readonly string[]
  }[]
  readonly regions: readonly { readonly name: string; readonly text: string; readonly utf8: string }[]
}

const vectors = JSON.parse(read('sdk-as/vectors/events.json')) as Vectors

// What the engine can produce: its timestamps and connection ids are exact as numbers.
const possible = vectors.events.filter(({ timestamp, producers }) =>
  [timestamp, ...producers].every((text) => Number.isSafeInteger(Number(text))),
)

test.each(possible)('the host writes an Event that reads as the shared vector "$name"', (vector) => {
  const value = new Float64Array(new BigUint64Array([BigInt(`0x${vector.valueBits}`)]).buffer)[0]!
  const encoder = new EventEncoder()
  const byteCount = encoder.encode({
    timestamp: Number(vector.timestamp),
    value,
    tags: vector.tags,
    producers: vector.producers.map(Number),
  })
  const decoded: unknown = JSON.parse(new TextDecoder().decode(encoder.bytes.subarray(0, byteCount)))

  expect(decoded).toEqual({
    timestamp: Number(vector.timestamp),
    value,
    tags: vector.tags,
    producers: vector.producers.map(Number),
  })
})

test.each(vectors.regions)('the host reads the shared Region "$name"', ({ text, utf8 }) => {
  const memory = { buffer: new ArrayBuffer(65_536) }
  const bytes = Buffer.from(utf8, 'hex')
  new Uint8Array(memory.buffer).set(bytes, 64)
  new DataView(memory.buffer).setUint32(16, 64, true)
  new DataView(memory.buffer).setUint32(24, bytes.length, true)
  const linear = new LinearMemory()
  linear.attach(memory, () => 0)

  expect(linear.readText(16, 'text', 1024)).toBe(text)
})

interface GarbledEvent {
  readonly name: string
  readonly timestamp: string
  readonly value: string
  readonly tags: string
  readonly reason: string
}

const { garbled, unsendable } = JSON.parse(read('sdk-as/vectors/written-events.json')) as {
  garbled: readonly GarbledEvent[]
  unsendable: readonly { readonly name: string; readonly tag: string }[]
}

test.each(garbled)('the host refuses the shared vector "$name"', ({ timestamp, value, tags, reason }) => {
  const regions = [timestamp, value, tags].map((hex) => Buffer.from(hex, 'hex'))

  expect(writeToHost(regions)).toEqual({ written: undefined, error: reason })
  expect(writeToMockHost(regions)).toBeUndefined()
})

test.each(unsendable)('the tag that no SDK sends would not arrive as it is: $name', ({ tag }) => {
  const { written } = writeToHost(['1', '2', `series=n,${tag}`].map((text) => Buffer.from(text)))

  expect(written?.series).not.toEqual({ name: 'n', tags: [tag.trim()] })
})

test('the mock host of the AssemblyScript SDK makes of any written event what this host makes of it', () => {
  const space = fc.constantFrom('', '', ' ', '\t', '\u00a0', '\ufeff', '\u0085')
  const padded = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(space, text, space).map((parts) => parts.join(''))
  const number = padded(
    fc.oneof(
      fc.maxSafeInteger().map(String),
      fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
      fc.double().map(String),
      fc.stringMatching(/^[+-]?[0-9]{0,20}\.?[0-9]{0,20}([eE][+-]?[0-9]{0,3})?$/),
      fc.string({ unit: fc.constantFrom(...'01+-.ex_n'), maxLength: 4 }),
      fc.string({ unit: 'binary' }),
    ),
  )
  const tag = fc.oneof(
    { arbitrary: fc.string({ unit: fc.constantFrom(...'a=\uff5e😀'), maxLength: 2 }), weight: 20 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 8 }), weight: 1 },
    // Around the maximum length of a name, and around the maximum number of tags.
    { arbitrary: fc.integer({ min: 511, max: 513 }).map((length) => 'ä'.repeat(length)), weight: 1 },
    { arbitrary: fc.integer({ min: 62, max: 66 }).map((count) => [...Array(count).keys()].join(',')), weight: 1 },
  )
  const series = tag.map((text) => `series=${text}`)
  const tags = fc
    .array(padded(fc.oneof({ arbitrary: tag, weight: 4 }, { arbitrary: series, weight: 1 })))
    .map((list) => ['series=t', ...list].join(','))
  const texts = fc.oneof(
    fc.tuple(number, fc.constant('2'), fc.constant('series=t')),
    fc.tuple(fc.constant('1'), number, fc.constant('series=t')),
    fc.tuple(fc.constant('1'), fc.constant('2'), tags),
    fc.tuple(number, number, tags),
  )

  fc.assert(
    fc.property(texts, (parts) => {
      const regions = parts.map((text) => Buffer.from(text))

      expect(writeToMockHost(regions)).toEqual(toEffect(writeToHost(regions).written))
    }),
    { numRuns: 1000 },
  )
})

/** One call of a guest, on raw addresses and numbers. */
type Call = readonly [name: string, ...parameters: (number | bigint)[]]

test('the mock host of the AssemblyScript SDK answers any calls as this host does, and with the same reasons', () => {
  const id = fc.oneof(fc.bigInt({ min: 0n, max: 4n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))
  // The Regions that `lendOddly` lends, null, and two that do not fit into the memory.
  const address = fc.oneof(
    fc.integer({ min: 1, max: oddRegions.length }).map((index) => 16 * index),
    fc.constantFrom(0, border.buffer.byteLength - 11, -1),
  )
  const call: fc.Arbitrary<Call> = fc.oneof(
    fc.tuple(fc.constantFrom('u_query_live', 'u_query_history'), address),
    fc.tuple(fc.constantFrom('u_poll_handle', 'u_free_handle'), id),
    fc.tuple(fc.constant('u_write_event'), address, address, address),
    fc.tuple(fc.constant('u_writeback_ws'), id, address),
    fc.tuple(fc.constantFrom('state_get', 'state_delete'), address),
    fc.tuple(fc.constant('state_set'), address, address),
  )

  fc.assert(
    fc.property(fc.array(call, { maxLength: 20 }), (calls) => {
      lendOddly()
      const host = new ScriptedHost()
      const open = new Set<number>()
      let lastHandle = 0
      host.queryLive = () => {
        open.add(++lastHandle)
        return lastHandle
      }
      host.freeHandle = (handle) => open.delete(handle)
      host.queryHistory = () => Number.NaN
      host.writebackWs = () => {}
      host.writeEvent = (...texts) => void parseWrittenEvent(...texts)
      const context = new GuestContext(host)
      // Behind the Regions: one for an answer, and what it describes.
      const allocate = (byteCount: number): number => border.buffer.byteLength - (byteCount === 12 ? 1024 : 131_072)
      context.attach(border, allocate)
      const imports = { ...createWorkflowImports(context, pulse), ...createExtensionImports(context) }
      const mock = new MockHost()
      mock.attach({ memory: border, allocate })
      const mockImports = { ...mock.imports['env'], ...mock.imports['slung'] }

      for (const [name, ...parameters] of calls) {
        for (const query of [...oddTexts, zeros]) mock.deliver(query, null)
        const ask = (functions: Record<string, unknown>): unknown => {
          const answer = (functions[name] as (...parameters: unknown[]) => unknown)(...parameters)
          return name === 'state_get' && answer !== 0 ? readBytes(answer as number) : answer
        }
        const answer = ask(imports)
        const mocked = ask(mockImports)
        const region = (mock.imports['slung']!['last_error'] as () => number)()

        expect([mocked, region === 0 ? '' : mock.readText(region)]).toEqual([answer, context.lastError])
      }
    }),
    { numRuns: 500 },
  )
})

type WriteEvent = (timestamp: number, value: number, tags: number) => number

const border = { buffer: new ArrayBuffer(20 * 65_536) }
const pulse = new Pulse()

/** Texts that both hosts take. */
const oddTexts = ['COUNT:temp:[]', '1', 'series=t', '\ufeff', '']

/** The text of a Region over memory that nothing was written to; shorter than a query may be. */
const zeros = '\0'.repeat(2049)

/** Regions by their bytes, or by the start and length that they claim. Hosts refuse most of the latter. */
const oddRegions: readonly (Buffer | readonly [start: number, length: number])[] = [
  ...oddTexts.map((text) => Buffer.from(text)),
  Buffer.from([0x61, 0xff]),
  [8192, zeros.length],
  // Two of these have no room in a state.
  [8192, 40_000],
  [8192, 4097],
  [8192, 131_073],
  [8192, 1_048_577],
  [border.buffer.byteLength - 3, 4],
  [0xffff_ffff, 0xffff_ffff],
]

/** Puts the Regions of `oddRegions` into the memory, 16 bytes apart. */
function lendOddly(): void {
  const view = new DataView(border.buffer)
  let offset = 1024
  for (const [index, region] of oddRegions.entries()) {
    const [start, length] = Buffer.isBuffer(region) ? [offset, region.length] : region
    if (Buffer.isBuffer(region)) {
      new Uint8Array(border.buffer).set(region, offset)
      offset += region.length
    }
    view.setUint32(16 * (index + 1), start, true)
    view.setUint32(16 * (index + 1) + 8, length, true)
  }
}

/** A copy of the bytes in a Region, as text. */
function readBytes(region: number): string {
  const view = new DataView(border.buffer)
  return Buffer.from(border.buffer, view.getUint32(region, true), view.getUint32(region + 8, true)).toString('latin1')
}

/** Puts bytes into the memory, and returns the addresses of their Regions. */
function lend(list: readonly Buffer[]): [number, number, number] {
  const view = new DataView(border.buffer)
  let offset = 64
  const addresses = list.map((bytes, index) => {
    const address = 16 * (index + 1)
    new Uint8Array(border.buffer).set(bytes, offset)
    view.setUint32(address, offset, true)
    view.setUint32(address + 8, bytes.length, true)
    offset += bytes.length
    return address
  })
  return addresses as [number, number, number]
}

/** The effect of `u_write_event` behind the border of this host, and the text of `last_error` afterwards. */
function writeToHost(regions: readonly Buffer[]): { written: WrittenEvent | undefined; error: string } {
  const host = new ScriptedHost()
  let written: WrittenEvent | undefined
  host.writeEvent = (...texts) => {
    written = parseWrittenEvent(...texts)
  }
  const context = new GuestContext(host)
  context.attach(border, () => 0)
  const status = (createWorkflowImports(context, pulse)['u_write_event'] as WriteEvent)(...lend(regions))
  expect(status).toBe(written === undefined ? 1 : 0)
  return { written, error: context.lastError }
}

/** The effect of `u_write_event` on the mock host. */
function writeToMockHost(regions: readonly Buffer[]): unknown {
  const host = new MockHost()
  host.attach({ memory: border })
  const status = (host.imports['env']!['u_write_event'] as WriteEvent)(...lend(regions))
  expect(status).toBe(1 - host.effects.length)
  return host.effects[0]
}

function toEffect(written: WrittenEvent | undefined): unknown {
  if (written === undefined) return undefined
  const { series, timestamp, value } = written
  return { kind: 'event', timestamp: `${timestamp}`, series: series.name, value: `${value}`, tags: series.tags }
}
