/**
 * Event JSON to `Event`, straight from the bytes in linear memory:
 *
 *   {"timestamp":1700000000000000,"value":41.25,"tags":["sensor=1"],"producers":[1,2]}
 *
 * White space, members in any order and unknown members are accepted; a missing or malformed member is not. The i64 is
 * exact, the double is the nearest (see `number-parse.ts`).
 *
 * The lists of an event nearly always equal those of the previous one, byte for byte. A decoder keeps the bytes of each
 * list and the array it made of them, and returns the same array again: two comparisons instead of a string per tag.
 */
import { Event } from './event'
import {
  CLOSE_LIST,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  Expected,
  OPEN_LIST,
  OPEN_OBJECT,
  cursor,
  describeFault,
  fail,
  fault,
  openReader,
  peek,
  readCount,
  readDouble,
  readInteger,
  readNatural,
  readString,
  scanString,
  skip,
  skipBytes,
  skipValue,
  take,
} from './json-reader'

/** Decodes the events of one live query. */
export class EventDecoder {
  private tags: ListMemory<string> = new ListMemory<string>()
  private producers: ListMemory<u64> = new ListMemory<u64>()
  private expected: Expected = Expected.Nothing
  private faultOffset: i32 = 0

  /** The Event in the `length` bytes at `address`; null when they hold none, and `fault` says why. */
  decode(address: usize, length: usize): Event | null {
    let timestamp: i64 = 0
    let value: f64 = 0
    let seen = 0
    openReader(address, length)
    take(OPEN_OBJECT, Expected.Object)
    do {
      const member = readMember()
      if (member == TIMESTAMP) timestamp = readInteger()
      else if (member == VALUE) value = readDouble()
      else if (member == TAGS) this.tags.read()
      else if (member == PRODUCERS) this.producers.read()
      else skipValue()
      seen |= member
    } while (skip(COMMA))
    take(CLOSE_OBJECT, Expected.MemberEnd)
    if (peek() != 0) fail(Expected.End)
    if (seen != ALL) fail(Expected.AllMembers)
    if (fault == Expected.Nothing) return new Event(timestamp, value, this.tags.list, this.producers.list)
    this.expected = fault
    this.faultOffset = readCount()
    return null
  }

  /** Why the latest failed `decode` returned null; empty while none has failed. */
  get fault(): string {
    return this.expected == Expected.Nothing ? '' : describeFault(this.expected, this.faultOffset)
  }
}

/** The latest list of strings or naturals, and the bytes it was made of. */
class ListMemory<T> {
  /** Set by the first `read` that finds a list. */
  list!: T[]
  private image: ArrayBuffer | null = null

  read(): void {
    peek()
    const image = this.image
    if (image != null && skipBytes(changetype<usize>(image), image.byteLength)) return
    const from = cursor
    const list: T[] = []
    take(OPEN_LIST, Expected.List)
    if (!skip(CLOSE_LIST)) {
      do {
        if (isString<T>()) list.push(readString())
        else list.push(<T>readNatural(u64.MAX_VALUE))
      } while (skip(COMMA))
      take(CLOSE_LIST, Expected.ElementEnd)
    }
    // What was read before a fault is not a list.
    if (fault != Expected.Nothing) return
    const length = <i32>(cursor - from)
    const copy = new ArrayBuffer(length)
    memory.copy(changetype<usize>(copy), from, length)
    this.image = copy
    this.list = list
  }
}

// One bit per member, so that a missing one is noticed.
const TIMESTAMP = 1
const VALUE = 2
const TAGS = 4
const PRODUCERS = 8
const ALL = 15

/** Consumes `"name":`. Names are compared as little-endian words; 0 for an unknown one. */
function readMember(): i32 {
  const from = scanString()
  const length = cursor - 1 - from
  take(COLON, Expected.Colon)
  if (length == 9) {
    const word = load<u64>(from)
    const last = load<u8>(from, 8)
    if (word == 0x6d617473656d6974 && last == 0x70) return TIMESTAMP
    if (word == 0x72656375646f7270 && last == 0x73) return PRODUCERS
  } else if (length == 5) {
    if (load<u32>(from) == 0x756c6176 && load<u8>(from, 4) == 0x65) return VALUE
  } else if (length == 4) {
    if (load<u32>(from) == 0x73676174) return TAGS
  }
  return 0
}
