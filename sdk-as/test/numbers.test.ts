/**
 * Reading and printing doubles, proven against JavaScript's own: what `String(number)` prints must decode to exactly
 * the same bits, and printing must give exactly the same text. The guest is called directly, once per number.
 */
import fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MockHost } from '../testing/index.js'
import { createGuestProject, type GuestExports, type GuestProject, startGuest } from './guest-project.ts'

interface NumberGuest extends GuestExports {
  readonly decode: (address: number, length: number) => number
  readonly value: () => number
  readonly timestamp: () => bigint
  readonly format: (value: number) => number
  readonly describe: () => number
  readonly release: (region: number) => void
}

const textBytesMax = 4096
const encoder = new TextEncoder()
let project: GuestProject
let guest: NumberGuest
let host: MockHost
let buffer = 0

beforeAll(async () => {
  project = await createGuestProject()
  const { binary } = await project.compile(await readFile(join(import.meta.dirname, 'guests/numbers.ts'), 'utf8'))
  const started = await startGuest<NumberGuest>(binary)
  guest = started.exports
  host = started.host
  buffer = guest.allocate(textBytesMax)
})

afterAll(async () => {
  await project[Symbol.asyncDispose]()
})

/** Whether `json` decodes. */
function decode(json: string): boolean {
  const { written } = encoder.encodeInto(json, new Uint8Array(guest.memory.buffer, buffer, textBytesMax))
  return guest.decode(buffer, written) !== 0
}

/** What the guest reads from a number's text, or `undefined` when it reads none. */
function decodeNumber(text: string): number | undefined {
  return decode(`{"timestamp":0,"value":${text},"tags":[],"producers":[]}`) ? guest.value() : undefined
}

function take(region: number): string {
  const text = host.readText(region)
  guest.release(region)
  return text
}

/** The first wrong numbers, as sentences; empty when all are right. */
function findMistakes(numbers: Iterable<number>): string[] {
  const mistakes: string[] = []
  for (const number of numbers) {
    const text = String(number)
    const decoded = decodeNumber(text)
    if (!Object.is(decoded, Number(text))) mistakes.push(`${text} decodes to ${decoded}`)
    const printed = take(guest.format(number))
    if (printed !== text) mistakes.push(`${text} is printed as ${printed}`)
    if (mistakes.length >= 10) break
  }
  return mistakes
}

/** A small generator (mulberry32) that makes a failing run repeatable: the seed is in the title of the failure. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const seed = Number(process.env['SLUNG_TEST_SEED'] ?? Date.now() % 2 ** 31)
const bits = new DataView(new ArrayBuffer(8))

function fromBits(high: number, low: number): number {
  bits.setUint32(0, high)
  bits.setUint32(4, low)
  return bits.getFloat64(0)
}

test('150,000 doubles of random bits are read and printed as JavaScript does', () => {
  const random = createRandom(seed)

  function* numbers(): Generator<number> {
    for (let i = 0; i < 150_000; i++) {
      const number = fromBits(random() * 2 ** 32, random() * 2 ** 32)
      if (Number.isFinite(number)) yield number
    }
  }

  expect(findMistakes(numbers()), `SLUNG_TEST_SEED=${seed}`).toEqual([])
})

test('150,000 averages and decimals of everyday size are read and printed as JavaScript does', () => {
  const random = createRandom(seed)

  function* numbers(): Generator<number> {
    for (let i = 0; i < 50_000; i++) {
      const number = (random() - 0.3) * 10 ** Math.floor(random() * 24 - 4)
      yield number
      yield Math.round(number * 1000) / 1000
      yield Math.round(number) / Math.ceil(random() * 60)
    }
  }

  expect(findMistakes(numbers()), `SLUNG_TEST_SEED=${seed}`).toEqual([])
})

test('every power of two and its neighbours are read and printed as JavaScript does', () => {
  function* numbers(): Generator<number> {
    for (let exponent = 0; exponent < 2047; exponent++) {
      const high = exponent * 2 ** 20
      yield fromBits(high, 0)
      yield fromBits(high, 1)
      if (exponent > 0) yield fromBits(high - 1, 0xffffffff)
    }
    for (let shift = 0; shift < 52; shift++) yield Number.MIN_VALUE * 2 ** shift
    yield Number.MAX_VALUE
  }

  expect(findMistakes(numbers())).toEqual([])
})

test('any decimal of up to 19 digits is read as JavaScript reads it', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }),
      fc.integer({ min: 0, max: 19 }),
      fc.integer({ min: -350, max: 310 }),
      (digits, places, exponent) => {
        const text = digits.toString().padStart(places + 1, '0')
        const decimal = places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`
        const texts = [decimal, `${decimal}e${exponent}`, `${decimal}E+${Math.abs(exponent)}`]
        expect(texts.map(decodeNumber)).toEqual(texts.map(Number))
      },
    ),
    { numRuns: 20_000 },
  )
})

test('halfway cases go to the even neighbour', () => {
  const texts = ['9007199254740993', '9007199254740995', '9007199254740993e0', '4503599627370497.5', '2.5e-324']

  expect(texts.map(decodeNumber)).toEqual(texts.map(Number))
})

test('a number too large is infinite and one too small is zero, with its sign', () => {
  expect(decodeNumber('1e309')).toBe(Infinity)
  expect(decodeNumber('-1e99999')).toBe(-Infinity)
  expect(decodeNumber('-1e-400')).toBe(-0)
  expect(decodeNumber('0e99999')).toBe(0)
})

test('what is not a number is refused', () => {
  const texts = ['', '-', '.5', '1.', '+1', 'NaN', 'Infinity', '1e', '1e+', '0x1', '1_000', '1 2', '--1', '"1"']

  expect(texts.filter((text) => decodeNumber(text) !== undefined)).toEqual([])
})

test('events with any tags and producers decode to what JSON.parse makes of them', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 8 }),
      fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 8 }),
      fc.boolean(),
      (timestamp, tags, producers, escaped) => {
        let list = JSON.stringify(tags)
        if (escaped)
          list = list.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)

        const decoded = decode(`{"timestamp":${timestamp},"value":1,"tags":${list},"producers":[${producers.join()}]}`)

        expect(decoded).toBe(true)
        expect(guest.timestamp()).toBe(timestamp)
        expect(take(guest.describe())).toBe(`${tags.join('\n')}\n${producers.join()}`)
      },
    ),
    { numRuns: 2000 },
  )
})

test('an event cut short or with one byte changed never traps', () => {
  const event = '{"timestamp":1700000000000000,"value":101.5e-3,"tags":["a\\u00e9=\\"","b"],"producers":[1,23]}'
  for (let length = 0; length < event.length; length++) {
    expect(decode(event.slice(0, length))).toBe(false)
    expect(take(guest.describe())).toMatch(/^expected .+ at byte \d+$/)
  }
  fc.assert(
    fc.property(fc.nat(event.length - 1), fc.integer({ min: 1, max: 127 }), (at, code) => {
      const decoded = decode(event.slice(0, at) + String.fromCharCode(code) + event.slice(at + 1))
      expect(typeof decoded).toBe('boolean')
    }),
    { numRuns: 5000 },
  )
})
