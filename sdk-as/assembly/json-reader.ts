/**
 * A cursor over JSON bytes in linear memory: the tokens that `event-decoder.ts` reads.
 *
 * The first `fail` wins. It closes the input, so that every later read finds the end and returns quickly; a caller
 * reads on without a check after each token, and looks at `fault` once. Faults are numbers until their text is asked
 * for: a workflow that never asks does not contain the strings.
 *
 * Reading never calls the host, so one cursor serves all queries.
 */
import { decimalToDouble } from './number-parse'
import { decodeText } from './utf8'

export const QUOTE: u32 = 0x22
export const PLUS: u32 = 0x2b
export const COMMA: u32 = 0x2c
export const MINUS: u32 = 0x2d
export const POINT: u32 = 0x2e
export const COLON: u32 = 0x3a
export const OPEN_LIST: u32 = 0x5b
export const BACKSLASH: u32 = 0x5c
export const CLOSE_LIST: u32 = 0x5d
export const OPEN_OBJECT: u32 = 0x7b
export const CLOSE_OBJECT: u32 = 0x7d

// Any 19 digits fit a u64; more than the 17 that a double ever needs.
const DIGITS_MAX: i32 = 19

/** What was expected and not found. */
export const enum Expected {
  Nothing,
  Digits,
  SmallerNumber,
  String,
  StringEnd,
  Escape,
  HexDigits,
  Value,
  Object,
  Colon,
  MemberEnd,
  List,
  ElementEnd,
  End,
  AllMembers,
}

let start: usize = 0
let end: usize = 0
/** The address of the next byte. */
export let cursor: usize = 0
/** What went wrong first; `Expected.Nothing` while all is well. */
export let fault: Expected = Expected.Nothing

/** Starts reading `length` bytes. */
export function openReader(address: usize, length: usize): void {
  start = cursor = address
  end = address + length
  fault = Expected.Nothing
}

/** How many bytes have been read. */
export function readCount(): i32 {
  return <i32>(cursor - start)
}

export function fail(expected: Expected): void {
  if (fault == Expected.Nothing) fault = expected
  end = cursor
}

/** `expected ":" at byte 17` */
export function describeFault(expected: Expected, offset: i32): string {
  return 'expected ' + describeExpected(expected) + ' at byte ' + offset.toString()
}

function describeExpected(expected: Expected): string {
  switch (expected) {
    case Expected.Digits:
      return 'digits'
    case Expected.SmallerNumber:
      return 'a smaller number'
    case Expected.String:
      return 'a string'
    case Expected.StringEnd:
      return 'the end of a string'
    case Expected.Escape:
      return 'an escape'
    case Expected.HexDigits:
      return 'four hexadecimal digits'
    case Expected.Value:
      return 'a value'
    case Expected.Object:
      return '"{"'
    case Expected.Colon:
      return '":"'
    case Expected.MemberEnd:
      return '"," or "}"'
    case Expected.List:
      return '"["'
    case Expected.ElementEnd:
      return '"," or "]"'
    case Expected.End:
      return 'the end'
    default:
      return 'timestamp, value, tags and producers'
  }
}

/** Skips white space and returns the next byte without consuming it; 0 at the end. */
export function peek(): u32 {
  let byte: u32 = 0
  while (cursor < end && (byte = load<u8>(cursor)) <= 0x20) cursor++
  return cursor < end ? byte : 0
}

/** Consumes `byte` if it is next. */
export function skip(byte: u32): bool {
  if (peek() != byte) return false
  cursor++
  return true
}

/** Consumes `byte`, which must be next. */
export function take(byte: u32, expected: Expected): void {
  if (!skip(byte)) fail(expected)
}

/** Consumes `length` bytes if they equal those at `image`. White space must have been skipped. */
export function skipBytes(image: usize, length: usize): bool {
  if (end - cursor < length) return false
  let offset: usize = 0
  for (; offset + 8 <= length; offset += 8) {
    if (load<u64>(cursor + offset) != load<u64>(image + offset)) return false
  }
  for (; offset < length; offset++) {
    if (load<u8>(cursor + offset) != load<u8>(image + offset)) return false
  }
  cursor += length
  return true
}

export function readInteger(): i64 {
  if (skip(MINUS)) return -(<i64>readNatural(1 << 63))
  return <i64>readNatural(i64.MAX_VALUE)
}

/** Reads a natural number of at most `limit`. */
export function readNatural(limit: u64): u64 {
  peek()
  const from = cursor
  const lastTens = limit / 10
  let result: u64 = 0
  for (; cursor < end; cursor++) {
    const digit = <u64>load<u8>(cursor) - 48
    if (digit > 9) break
    if (result > lastTens || (result == lastTens && digit > limit - lastTens * 10)) {
      fail(Expected.SmallerNumber)
      break
    }
    result = result * 10 + digit
  }
  if (cursor == from) fail(Expected.Digits)
  return result
}

export function readDouble(): f64 {
  const negative = skip(MINUS)
  const from = cursor
  const to = end
  let p = from
  let w: u64 = 0
  let count = 0
  let exponent = 0
  let point: usize = 0
  for (; p < to; p++) {
    const byte = <u32>load<u8>(p)
    const digit = byte - 48
    if (digit <= 9) {
      if (count < DIGITS_MAX) {
        w = w * 10 + digit
        // Leading zeros do not count.
        count += i32(w != 0)
      } else {
        // A tail other than zero moves the value off a tie.
        w |= u64(digit != 0)
        exponent++
      }
    } else if (byte == POINT && point == 0 && p > from) {
      point = p + 1
    } else {
      break
    }
  }
  cursor = p
  if (p == from || p == point) fail(Expected.Digits)
  if (point != 0) exponent -= <i32>(p - point)
  if (p < to && (load<u8>(p) | 0x20) == 0x65) exponent += readExponent()
  const result = decimalToDouble(w, exponent)
  return negative ? -result : result
}

function readExponent(): i32 {
  cursor++
  const sign: u32 = cursor < end ? load<u8>(cursor) : 0
  if (sign == MINUS || sign == PLUS) cursor++
  // A natural number may begin behind white space, an exponent may not.
  if (cursor == end || load<u8>(cursor) <= 0x20) fail(Expected.Digits)
  const exponent = <i32>readNatural(99_999)
  const negative = sign == MINUS
  return negative ? -exponent : exponent
}

// Set by `scanString`: whether there are escapes between the quotes.
let escaped: bool = false

/** Consumes a string. Returns the address after its opening quote; the closing one is just before the cursor. */
export function scanString(): usize {
  take(QUOTE, Expected.String)
  const from = cursor
  escaped = false
  for (; cursor < end; cursor++) {
    const byte = <u32>load<u8>(cursor)
    if (byte == QUOTE) {
      cursor++
      return from
    }
    if (byte == BACKSLASH) {
      escaped = true
      cursor++
    }
  }
  fail(Expected.StringEnd)
  return from
}

export function readString(): string {
  const from = scanString()
  if (fault != Expected.Nothing) return ''
  const text = decodeText(from, cursor - 1 - from)
  return escaped ? unescape(text) : text
}

/** Replaces the escapes in a text that nobody else has. What they stand for is shorter, so it is written over them. */
function unescape(text: string): string {
  const start = changetype<usize>(text)
  const to = start + (text.length << 1)
  let from = start
  let out = start
  while (from < to) {
    let unit = <u32>load<u16>(from)
    from += 2
    if (unit == BACKSLASH) {
      unit = <u32>load<u16>(from)
      from += 2
      if (unit == 0x75) {
        unit = readHex(from, to)
        from += 8
      } else {
        unit = unescapeLetter(unit)
      }
    }
    store<u16>(out, unit)
    out += 2
  }
  return text.substring(0, (<i32>(out - start)) >> 1)
}

function unescapeLetter(letter: u32): u32 {
  switch (letter) {
    case 0x62:
      return 8
    case 0x66:
      return 12
    case 0x6e:
      return 10
    case 0x72:
      return 13
    case 0x74:
      return 9
    case QUOTE:
    case BACKSLASH:
    case 0x2f:
      return letter
  }
  fail(Expected.Escape)
  return 0
}

function readHex(from: usize, to: usize): u32 {
  let unit: u32 = 0
  for (let at = from; at < from + 8; at += 2) {
    const character = at < to ? <u32>load<u16>(at) : 0
    const letter = (character | 0x20) - 0x61
    const digit = character - 48 <= 9 ? character - 48 : letter + 10
    if (character - 48 > 9 && letter > 5) fail(Expected.HexDigits)
    unit = (unit << 4) | digit
  }
  return unit
}

/** Consumes any value. Inside a list or an object only the brackets are matched. */
export function skipValue(): void {
  let depth = 0
  do {
    const byte = peek()
    // '{' and '[' differ in one bit, and so do '}' and ']'.
    if (byte == QUOTE) {
      scanString()
    } else if ((byte | 0x20) == OPEN_OBJECT) {
      depth++
      cursor++
    } else if (depth == 0) {
      skipScalar()
    } else if (byte == 0) {
      fail(Expected.Value)
    } else {
      if ((byte | 0x20) == CLOSE_OBJECT) depth--
      cursor++
    }
  } while (depth > 0 && fault == Expected.Nothing)
}

/** Consumes a number or a name. */
function skipScalar(): void {
  const from = cursor
  for (; cursor < end; cursor++) {
    const byte = <u32>load<u8>(cursor)
    if (byte <= 0x20 || byte == COMMA || (byte | 0x20) == CLOSE_OBJECT) break
  }
  if (cursor == from) fail(Expected.Value)
}
