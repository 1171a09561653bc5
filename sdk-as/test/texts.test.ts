/** Bytes that others made are read as `TextDecoder` reads them: what is not UTF-8 becomes U+FFFD, and the rest stays. */
import fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MockHost } from '../testing/index.js'
import { createGuestProject, type GuestExports, type GuestProject, startGuest } from './guest-project.ts'

interface TextGuest extends GuestExports {
  readonly read: (address: number, length: number) => number
  readonly readTag: (address: number, length: number) => number
  readonly get: () => number
  readonly release: (region: number) => void
}

const textBytesMax = 4096
const oracle = new TextDecoder('utf-8', { ignoreBOM: true })
let project: GuestProject
let guest: TextGuest
let host: MockHost
let buffer = 0

beforeAll(async () => {
  project = await createGuestProject()
  const { binary } = await project.compile(await readFile(join(import.meta.dirname, 'guests/texts.ts'), 'utf8'))
  const started = await startGuest<TextGuest>(binary)
  guest = started.exports
  host = started.host
  buffer = guest.allocate(textBytesMax)
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

function take(region: number): string {
  const text = host.readText(region)
  guest.release(region)
  return text
}

function lend(bytes: Uint8Array): number {
  new Uint8Array(guest.memory.buffer, buffer, textBytesMax).set(bytes)
  return bytes.length
}

function read(bytes: Uint8Array): string {
  return take(guest.read(buffer, lend(bytes)))
}

// Where sequences begin and end, and what is next to them.
const edges = [
  0x00, 0x22, 0x41, 0x5c, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xec, 0xed,
  0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xfe, 0xff,
]
const garbled = fc
  .array(fc.oneof(fc.constantFrom(...edges), fc.nat(255)), { maxLength: 40 })
  .map((list) => Uint8Array.from(list))

test('any bytes are read as TextDecoder reads them', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        garbled,
        fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(read(bytes)).toBe(oracle.decode(bytes))
      },
    ),
    { numRuns: 5000 },
  )
})

test('all beginnings of sequences are read as TextDecoder reads them', () => {
  const mistakes: string[] = []
  const check = (...bytes: number[]): void => {
    if (read(Uint8Array.from(bytes)) !== oracle.decode(Uint8Array.from(bytes)))
      mistakes.push(Buffer.from(bytes).toString('hex'))
  }
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second++) check(first, second, 0x41)
  }
  for (const first of edges)
    for (const second of edges) for (const third of edges) check(first, second, third, 0x80, 0x42)

  expect(mistakes).toEqual([])
})

test('a stray byte swallows nothing: a body in Latin-1 loses its umlauts only', () => {
  const body = Buffer.from('caf\u00e9 au lait, 21 \u00b0C', 'latin1')
  host.answerHttp(200, body)

  expect(take(guest.get())).toBe('caf\ufffd au lait, 21 \ufffdC')
})

test('a tag of an Event that is not UTF-8 is read as TextDecoder reads it, with and without escapes', () => {
  const piece = fc.oneof(
    garbled.map((bytes) => bytes.filter((byte) => byte >= 0x20 && byte !== 0x22 && byte !== 0x5c)),
    fc
      .constantFrom(String.raw`\u00e9`, String.raw`\"`, String.raw`\\`, String.raw`\ud83d\ude00`)
      .map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const tag = Buffer.concat(pieces)
      const json = Buffer.concat([
        Buffer.from('{"timestamp":1,"value":2,"producers":[],"tags":["'),
        tag,
        Buffer.from('"]}'),
      ])
      const { tags } = JSON.parse(oracle.decode(json)) as { tags: string[] }

      expect(take(guest.readTag(buffer, lend(json)))).toBe(tags[0])
    }),
    { numRuns: 2000 },
  )
})
