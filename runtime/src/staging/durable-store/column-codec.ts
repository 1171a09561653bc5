/**
 * Samples as two compressed columns, the form they have in chunks and in the journal. Format: `docs/formats/chunk.md`.
 *
 * Timestamps are delta-of-delta coded, so a regular series costs next to nothing. Values that are decimal numbers, as
 * sensors send them, become integers and then differences, about one byte each; others are XORed with the previous
 * value (Pelkonen et al. 2015, "Gorilla") and stored byte plane by byte plane. zstd does the rest. What does not shrink
 * is stored as it is.
 */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import type { Columns } from '../../engine/store/chunk.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { VarintReader, VarintWriter, zigzagMax } from './varint.ts'

const headerBytes = 12
const plain = 0
const timestampDeltas = 1
const valueDecimals = 1
const valueXors = 2
const compressedFlag = 0x80
const codingMask = 0x7f

/** Numbers this close have second differences that varints keep exactly. */
const spreadMax = zigzagMax / 2
/** 10^9: nanoseconds per second, and the largest power whose products with a value keep enough bits for the check. */
const decimalDigitsMax = 9
const powersOfTen = Array.from({ length: decimalDigitsMax + 1 }, (_, digits) => 10 ** digits)

/** Shorter columns are not worth a call to zstd, which takes some 10 µs. */
const compressedFromBytes = 256
/** XORs that shrink less than this are not worth the cost of undoing them. */
const worthwhileRatio = 0.85
const zstdOptions = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** Encodes samples in any order of time; both columns have the same length. */
export function encodeColumns({ timestamps, values }: Columns): Uint8Array<ArrayBuffer> {
  const time = encodeTimestamps(timestamps)
  const { coding, digits, bytes } = encodeValues(values)
  const block = new Uint8Array(headerBytes + time.bytes.length + bytes.length)
  const header = new DataView(block.buffer)
  header.setUint32(0, timestamps.length, true)
  header.setUint8(4, time.coding)
  header.setUint8(5, coding)
  header.setUint8(6, digits)
  header.setUint32(8, time.bytes.length, true)
  block.set(time.bytes, headerBytes)
  block.set(bytes, headerBytes + time.bytes.length)
  return block
}

/** @throws {DamagedBytes} when `encodeColumns` cannot have made the block */
export function decodeColumns(block: Uint8Array): Columns {
  if (block.length < headerBytes)
    throw new DamagedBytes(`the columns are shorter than their header of ${headerBytes} bytes`)
  const header = new DataView(block.buffer, block.byteOffset, headerBytes)
  const count = header.getUint32(0, true)
  const valuesStart = headerBytes + header.getUint32(8, true)
  if (valuesStart > block.length) throw new DamagedBytes('the column of timestamps is cut off')
  return {
    timestamps: decodeTimestamps(header.getUint8(4), block.subarray(headerBytes, valuesStart), count),
    values: decodeValues(header.getUint8(5), header.getUint8(6), block.subarray(valuesStart), count),
  }
}

interface Column {
  readonly coding: number
  readonly bytes: Uint8Array
}

function encodeTimestamps(timestamps: Float64Array<ArrayBuffer>): Column {
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (const timestamp of timestamps) {
    if (timestamp < min) min = timestamp
    if (timestamp > max) max = timestamp
  }
  if (timestamps.length < 2 || max - min > spreadMax) return { coding: plain, bytes: bytesOf(timestamps) }
  const first = timestamps[0]!
  const writer = new VarintWriter(timestamps.length)
  let before = first
  let deltaBefore = 0
  for (let index = 1; index < timestamps.length; index++) {
    const delta = timestamps[index]! - before
    writer.signed(delta - deltaBefore)
    deltaBefore = delta
    before = timestamps[index]!
  }
  const deltas = writer.bytes()
  const bytes = new Uint8Array(8 + deltas.length)
  new DataView(bytes.buffer).setFloat64(0, first, true)
  bytes.set(deltas, 8)
  return compress(timestampDeltas, bytes)
}

function decodeTimestamps(coding: number, stored: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  const bytes = decompress(coding, stored, count)
  switch (coding & codingMask) {
    case plain:
      return doublesOf(bytes, count)
    case timestampDeltas: {
      if (bytes.length < 8) throw new DamagedBytes('the column of timestamps lacks its first one')
      // An integer takes a byte at least.
      if (count === 0 || count - 1 > bytes.length - 8)
        throw new DamagedBytes(`the column of timestamps does not hold ${count}`)
      const timestamps = new Float64Array(count)
      const reader = new VarintReader(bytes.subarray(8))
      let timestamp = new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true)
      let delta = 0
      timestamps[0] = timestamp
      for (let index = 1; index < count; index++) {
        delta += reader.signed()
        timestamp += delta
        timestamps[index] = timestamp
      }
      if (!reader.isAtEnd) throw new DamagedBytes(`the column of timestamps does not hold ${count}`)
      return timestamps
    }
    default:
      throw new DamagedBytes(`timestamps have the unknown coding ${coding}`)
  }
}

function encodeValues(values: Float64Array<ArrayBuffer>): Column & { readonly digits: number } {
  const digits = findDecimalDigits(values)
  if (digits !== null) {
    const power = powersOfTen[digits]!
    const writer = new VarintWriter(values.length)
    let before = 0
    for (const value of values) {
      const scaled = Math.round(value * power)
      writer.signed(scaled - before)
      before = scaled
    }
    return { ...compress(valueDecimals, writer.bytes()), digits }
  }
  if (values.length * 8 >= compressedFromBytes) {
    const column = compress(valueXors, xorPlanes(values))
    if (column.bytes.length < values.length * 8 * worthwhileRatio) return { ...column, digits: 0 }
  }
  return { coding: plain, bytes: bytesOf(values), digits: 0 }
}

function decodeValues(coding: number, digits: number, stored: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  const bytes = decompress(coding, stored, count)
  switch (coding & codingMask) {
    case plain:
      return doublesOf(bytes, count)
    case valueDecimals: {
      const power = powersOfTen[digits]
      if (power === undefined) throw new DamagedBytes(`values have ${digits} decimal digits`)
      if (count > bytes.length) throw new DamagedBytes(`the column of values does not hold ${count}`)
      const values = new Float64Array(count)
      const reader = new VarintReader(bytes)
      let scaled = 0
      for (let index = 0; index < count; index++) {
        scaled += reader.signed()
        values[index] = scaled / power
      }
      if (!reader.isAtEnd) throw new DamagedBytes(`the column of values does not hold ${count}`)
      return values
    }
    case valueXors:
      if (bytes.length !== count * 8) throw new DamagedBytes(`the column of values does not hold ${count}`)
      return undoXorPlanes(bytes, count)
    default:
      throw new DamagedBytes(`values have the unknown coding ${coding}`)
  }
}

/**
 * The fewest decimal digits with which every value is an integer over a power of ten, to the last bit; `null` when no
 * number of digits suffices, or an integer would be too large.
 */
function findDecimalDigits(values: Float64Array): number | null {
  let digits = 0
  let power = 1
  let magnitude = 0
  for (const value of values) {
    while (Math.round(value * power) / power !== value) {
      if (digits === decimalDigitsMax) return null
      power = powersOfTen[++digits]!
    }
    // −0 would come back as 0.
    if (value === 0 && Object.is(value, -0)) return null
    if (Math.abs(value) > magnitude) magnitude = Math.abs(value)
  }
  // A product within the spread is off by less than a half, so rounding gives the integer itself.
  return magnitude * power <= spreadMax ? digits : null
}

/** Each value XORed with the previous one: all first bytes first, then all second bytes, and so on. */
function xorPlanes(values: Float64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const count = values.length
  const source = bytesOf(values)
  const planes = new Uint8Array(count * 8)
  for (let plane = 0; plane < 8; plane++) {
    let before = 0
    for (let index = 0, from = plane, to = plane * count; index < count; index++, from += 8, to++) {
      planes[to] = source[from]! ^ before
      before = source[from]!
    }
  }
  return planes
}

function undoXorPlanes(planes: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  const target = new Uint8Array(count * 8)
  for (let plane = 0; plane < 8; plane++) {
    let before = 0
    for (let index = 0, from = plane * count, to = plane; index < count; index++, from++, to += 8) {
      before ^= planes[from]!
      target[to] = before
    }
  }
  return doublesOf(target, count)
}

function compress(coding: number, bytes: Uint8Array): Column {
  if (bytes.length < compressedFromBytes) return { coding, bytes }
  const compressed = zstdCompressSync(bytes, zstdOptions)
  return compressed.length < bytes.length ? { coding: coding | compressedFlag, bytes: compressed } : { coding, bytes }
}

function decompress(coding: number, bytes: Uint8Array, count: number): Uint8Array {
  if ((coding & compressedFlag) === 0) return bytes
  try {
    // A number takes eight bytes at most, and the first timestamp is one more.
    return zstdDecompressSync(bytes, { maxOutputLength: 8 * (count + 1) })
  } catch (error) {
    throw new DamagedBytes('a column is not a zstd frame', { cause: error })
  }
}

// The formats are little-endian, like every processor but one that Node runs on; there the copies swap.
const isLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function bytesOf(doubles: Float64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(doubles.slice().buffer)
  return isLittleEndian ? copy : swapped(copy)
}

function doublesOf(bytes: Uint8Array, count: number): Float64Array<ArrayBuffer> {
  if (bytes.length !== count * 8) throw new DamagedBytes(`a column does not hold ${count} numbers`)
  const copy = new Uint8Array(bytes)
  return new Float64Array((isLittleEndian ? copy : swapped(copy)).buffer)
}

function swapped(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let at = 0; at < bytes.length; at += 8) bytes.subarray(at, at + 8).reverse()
  return bytes
}
