/**
 * WebSocket frames (`docs/formats/event-frame.md`), whole, cut and spoilt, against a decoder that knows nothing but the
 * page: what is taken, what is refused and where a frame is cut agree exactly.
 */
import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { SampleBatchBuilder } from '../../src/engine/model/columns.ts'
import { seriesKey, type Series } from '../../src/engine/model/series.ts'
import { SlungError } from '../../src/engine/model/slung-error.ts'
import { FrameDecoder, FrameError } from '../../src/staging/wire/frame-decoder.ts'
import { anyDouble, anyInt64, fromHex, toHex } from './bytes.ts'
import { fuzzLaw, type Fuzz, type Law } from './law.ts'

interface Frames {
  /** As hex, of one connection, in this order. */
  readonly frames: readonly string[]
  readonly seriesMax: number
}

/** What became of one frame. */
interface Decoded {
  /** `[position, series key, timestamp, value as hex]` */
  readonly taken: (readonly [number, string, number, string])[]
  /** `[position, code]` */
  readonly refused: (readonly [number, string])[]
  /** `[offset, bytes that are missing at least, events taken before]` of a cut frame */
  readonly cut: readonly [number, number, number] | null
}

const futureFrom = 2 ** 52

function decode({ frames, seriesMax }: Frames): Decoded[] {
  const keys: string[] = []
  const batch = new SampleBatchBuilder({
    intern(series: Series): number {
      const key = seriesKey(series)
      if (!keys.includes(key) && keys.length === seriesMax) throw new SlungError('too-many-series', 'full')
      return keys.includes(key) ? keys.indexOf(key) : keys.push(key) - 1
    },
    latestFor(timestamp): number {
      if (timestamp > futureFrom) throw new SlungError('future-timestamp', 'too late')
      return futureFrom
    },
  })
  const decoder = new FrameDecoder(batch)
  return frames.map((hex) => {
    const refused: (readonly [number, string])[] = []
    let cut: Decoded['cut'] = null
    let count: number
    try {
      count = decoder.decode(fromHex(hex), (refusal, index) => refused.push([index, refusal.code]))
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      cut = [error.offset, Number(/(\d+) more byte/.exec(error.message)?.[1] ?? 1), error.taken]
      count = error.taken
    }
    deepStrictEqual(count, batch.count)
    const taken = Array.from({ length: count }, (_, index) => {
      const key = keys[batch.series[index]!]!
      return [batch.positionOf(index), key, batch.timestamps[index]!, doubleHex(batch.values[index]!)] as const
    })
    batch.clear()
    return { taken, refused, cut }
  })
}

/** The independent decoder: one event after the other, with the numbers of the language. */
function decodeNaively({ frames, seriesMax }: Frames): Decoded[] {
  const keys = new Set<string>()
  return frames.map((hex) => {
    const bytes = fromHex(hex)
    const decoded = { taken: [] as Decoded['taken'], refused: [] as Decoded['refused'] }
    let at = 0
    if (bytes.length === 0) return { ...decoded, cut: [0, 1, 0] }
    for (let index = 0; at < bytes.length; index++) {
      const event = readEvent(bytes.subarray(at))
      const missing = at + event.length - bytes.length
      if (missing > 0) return { ...decoded, cut: [at, missing, decoded.taken.length] }
      at += event.length
      const code = refusalOf(event, keys, seriesMax)
      if (code !== null) decoded.refused.push([index, code])
      else decoded.taken.push([index, event.key!, Number(event.timestamp), doubleHex(event.value)])
    }
    return { ...decoded, cut: null }
  })
}

interface NaiveEvent {
  readonly timestamp: bigint
  readonly value: number
  /** `null` = not a valid series. */
  readonly key: string | null
  readonly length: number
}

/** What lies beyond the end reads as 0. */
function readEvent(bytes: Uint8Array): NaiveEvent {
  const uint16At = (at: number): number => (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)
  let end = 20 + uint16At(16)
  const texts = [bytes.subarray(20, end)]
  for (let tag = 0; tag < uint16At(18); tag++) {
    const start = end + 2
    end = start + uint16At(end)
    texts.push(bytes.subarray(start, end))
  }
  if (end > bytes.length) return { timestamp: 0n, value: 0, key: null, length: end }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return { timestamp: view.getBigInt64(0, true), value: view.getFloat64(8, true), key: keyOf(texts), length: end }
}

function keyOf(texts: readonly Uint8Array[]): string | null {
  const strings: string[] = []
  for (const bytes of texts) {
    const text = Buffer.from(bytes).toString('utf8')
    const isUtf8 = Buffer.from(text, 'utf8').equals(bytes)
    if (!isUtf8 || bytes.length === 0 || bytes.length > 1024 || /\p{Cc}/u.test(text)) return null
    strings.push(text)
  }
  const [name, ...tags] = strings
  const unique = [...new Set(tags)].sort()
  return unique.length > 64 ? null : [name, ...unique].join('\n')
}

function refusalOf({ timestamp, value, key }: NaiveEvent, keys: Set<string>, seriesMax: number): string | null {
  if (BigInt.asIntN(54, timestamp) !== timestamp || timestamp === -(2n ** 53n)) return 'bad-timestamp'
  if (!Number.isFinite(value)) return 'bad-value'
  if (key === null) return 'bad-series'
  // Refused, it adds no series.
  if (timestamp > BigInt(futureFrom)) return 'future-timestamp'
  if (!keys.has(key) && keys.size === seriesMax) return 'too-many-series'
  keys.add(key)
  return null
}

function doubleHex(value: number): string {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setFloat64(0, value)
  return toHex(bytes)
}

const utf8 = new TextEncoder()
const label = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'a=1', 'ab', 'é', '\u{1f321}').map((text) => utf8.encode(text)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }).map((text) => utf8.encode(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
  fc.constantFrom(1023, 1024, 1025).map((length) => new Uint8Array(length).fill(0x78)),
)
const fewTags = fc.array(label, { maxLength: 3 })
const manyTags = fc
  .integer({ min: 62, max: 67 })
  .map((count) => Array.from({ length: count }, (_, index) => utf8.encode(`t${index}`)))
const labels = fc.tuple(label, fc.oneof({ weight: 40, arbitrary: fewTags }, manyTags))

const event = fc.tuple(anyInt64, anyDouble, labels).map(([timestamp, value, [name, tags]]) => {
  const head = Buffer.alloc(20)
  head.writeBigInt64LE(timestamp, 0)
  head.writeDoubleLE(value, 8)
  head.writeUInt16LE(name.length, 16)
  head.writeUInt16LE(tags.length, 18)
  const parts = tags.flatMap((tag) => [Uint8Array.of(tag.length & 0xff, tag.length >> 8), tag])
  return Buffer.concat([head, name, ...parts])
})

/** A frame as a client sends it, or with bytes changed, cut off, put in or put behind. */
const frame = fc
  .tuple(
    fc.array(event, { maxLength: 8 }),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant([]) },
      fc.array(
        fc.tuple(fc.constantFrom('change', 'cut', 'insert', 'append'), fc.nat(2000), fc.uint8Array({ maxLength: 3 })),
        { maxLength: 3 },
      ),
    ),
  )
  .map(([events, damages]) => {
    let bytes = Buffer.concat(events)
    for (const [how, where, put] of damages) {
      const at = where % (bytes.length + 1)
      if (how === 'change') put.forEach((byte, index) => void (at + index < bytes.length && (bytes[at + index] = byte)))
      if (how === 'cut') bytes = bytes.subarray(0, at)
      if (how === 'insert') bytes = Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at)])
      if (how === 'append') bytes = Buffer.concat([bytes, put])
    }
    return toHex(bytes)
  })

export const frames: Law<Frames> = {
  name: 'frames',
  home: import.meta.dirname,
  parts: { name: 'frames', countOf: (input) => input.frames.length },
  cases: fc.record({
    frames: fc.array(frame, { minLength: 1, maxLength: 4 }),
    seriesMax: fc.constantFrom(2, 1000),
  }),
  holds: (input) => {
    const expected = decodeNaively(input)
    const found = decode(input).map(({ cut, ...rest }, index) => {
      // "At least" so many bytes are missing: those of a name are said without the tags behind it.
      const [offset, missing, taken] = cut ?? [0, 0, 0]
      const missingMost = expected[index]!.cut?.[1] ?? 0
      return { ...rest, cut: cut && [offset, missing > 0 ? Math.max(missing, missingMost) : missing, taken] }
    })
    deepStrictEqual(found, expected)
  },
}

export const fuzz: Fuzz = fuzzLaw(frames)
