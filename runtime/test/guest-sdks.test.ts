/** Holds the AssemblyScript SDK and the vectors that the guest SDKs share to this host. The Rust SDK has the same tests in Rust. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { abiImports, formatSignature } from '../src/guest/contract/abi.ts'
import { EventEncoder } from '../src/guest/imports/event-json.ts'
import { LinearMemory } from '../src/guest/imports/linear-memory.ts'

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

// What the engine can make: its timestamps and connection ids are exact as numbers.
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
