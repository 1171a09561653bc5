/**
 * Encodes Events as the JSON of `docs/abi.md` straight into bytes. This is the hot path of a poll, so there is no
 * object tree, no string per Event and no growth after warming up.
 *
 * What repeats is kept as bytes: the tags of a series, and long lists of producers, by the identity of their array
 * (they are frozen by contract). Numbers become the shortest text that reads back as the same double.
 */
import { assert } from '../../engine/model/assert.ts'
import type { LiveEvent, ProducerId } from '../../engine/model/live-event.ts'

export class EventEncoder {
  /** The latest Event, up to the count that `encode` returned; a new array after an Event that needs more room. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1024)
  readonly #tagBytes = new WeakMap<readonly string[], Uint8Array>()
  readonly #producerBytes = new WeakMap<readonly ProducerId[], Uint8Array>()

  /** Encodes one Event into `bytes` and returns how many there are. */
  encode(event: LiveEvent): number {
    const tags = this.#tagBytes.get(event.tags) ?? this.#encodeTags(event.tags)
    const producers = event.producers
    const longProducers =
      producers.length > shortProducersMax
        ? (this.#producerBytes.get(producers) ?? this.#encodeProducers(producers))
        : empty
    const needed = tags.length + longProducers.length + roomForTheRest
    if (needed > this.bytes.length) this.bytes = new Uint8Array(needed * 2)

    const bytes = this.bytes
    let end = putBytes(bytes, 0, beforeTimestamp)
    end = putNumber(bytes, end, event.timestamp)
    end = putBytes(bytes, end, beforeValue)
    end = putNumber(bytes, end, event.value)
    end = putBytes(bytes, end, tags)
    if (producers.length > shortProducersMax) return putBytes(bytes, end, longProducers)
    return putProducers(bytes, end, producers)
  }

  #encodeTags(tags: readonly string[]): Uint8Array {
    const bytes = utf8.encode(`,"tags":${JSON.stringify(tags)},"producers":[`)
    this.#tagBytes.set(tags, bytes)
    return bytes
  }

  #encodeProducers(producers: readonly ProducerId[]): Uint8Array {
    const scratch = new Uint8Array(producers.length * numberBytesMax + 2)
    const bytes = scratch.slice(0, putProducers(scratch, 0, producers))
    this.#producerBytes.set(producers, bytes)
    return bytes
  }
}

const utf8 = new TextEncoder()
const beforeTimestamp = utf8.encode('{"timestamp":')
const beforeValue = utf8.encode(',"value":')
const empty = new Uint8Array(0)

// "-2.2250738585072014e-308" has 24 characters, and a separator follows.
const numberBytesMax = 25
// Up to this length, writing the numbers costs less than remembering them.
const shortProducersMax = 8
const roomForTheRest = beforeTimestamp.length + beforeValue.length + (shortProducersMax + 2) * numberBytesMax + 2

const zero = 48
const minus = 45
const comma = 44
const closingBracket = 93
const closingBrace = 125

function putBytes(target: Uint8Array, at: number, source: Uint8Array): number {
  const count = source.length
  if (count > 200) target.set(source, at)
  else for (let index = 0; index < count; index++) target[at + index] = source[index]!
  return at + count
}

function putProducers(target: Uint8Array, at: number, producers: readonly ProducerId[]): number {
  let end = at
  for (let index = 0; index < producers.length; index++) {
    if (index > 0) target[end++] = comma
    end = putNumber(target, end, producers[index]!)
  }
  target[end++] = closingBracket
  target[end++] = closingBrace
  return end
}

function putNumber(target: Uint8Array, at: number, value: number): number {
  // Digits in two halves of at most 8 (2^53 has 16): division of 31-bit integers is the fast one.
  if (Number.isSafeInteger(value) && (value !== 0 || 1 / value > 0)) {
    let start = at
    let rest = value
    if (rest < 0) {
      target[start++] = minus
      rest = -rest
    }
    if (rest < 1e8) return putDigits(target, start, rest, countDigits(rest))
    const high = Math.floor(rest / 1e8)
    const end = putDigits(target, start, high, countDigits(high))
    return putDigits(target, end, rest - high * 1e8, 8)
  }
  assert(Number.isFinite(value), `an Event holds finite numbers only, not ${value}`)
  const text = value === 0 ? '-0' : String(value)
  for (let index = 0; index < text.length; index++) target[at + index] = text.charCodeAt(index)
  return at + text.length
}

function putDigits(target: Uint8Array, at: number, value: number, digitCount: number): number {
  let rest = value | 0
  for (let index = at + digitCount - 1; index >= at; index--) {
    const tenth = (rest / 10) | 0
    target[index] = zero + rest - tenth * 10
    rest = tenth
  }
  return at + digitCount
}

function countDigits(value: number): number {
  if (value < 1e4) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4
  if (value < 1e6) return value < 1e5 ? 5 : 6
  return value < 1e7 ? 7 : 8
}
