/**
 * Whether stored bytes are those once written under their key: each value begins with the CRC-32 of the table's name,
 * the key and the rest of the value, so a record in a foreign place is noticed like one with other bytes.
 *
 * Decoders throw `DamagedBytes`, which says what is wrong but not where; the code that read the bytes adds the place.
 */
import { crc32 } from 'node:zlib'

export const tableNames = ['meta', 'series', 'summaries', 'samples', 'journal', 'state'] as const
export type TableName = (typeof tableNames)[number]

/** Where the bytes after the checksum begin. */
export const checksumBytes = 4

/** Stored bytes that no encoder wrote. */
export class DamagedBytes extends Error {}

export function isTableName(name: string): name is TableName {
  return (tableNames as readonly string[]).includes(name)
}

/** Puts the checksum of a record into the first four bytes of its value, and returns the same bytes. */
export function writeChecksum<Bytes extends Uint8Array>(table: TableName, key: Uint8Array, value: Bytes): Bytes {
  new DataView(value.buffer, value.byteOffset).setUint32(0, compute(table, key, value), true)
  return value
}

/** The bytes of a value after its checksum; a view. @throws {DamagedBytes} when the checksum does not match */
export function verifyChecksum(table: TableName, key: Uint8Array, value: Uint8Array): Uint8Array {
  if (value.length < checksumBytes) throw new DamagedBytes(`${value.length} bytes are too few`)
  const expected = checksumOf(value)
  const found = compute(table, key, value)
  if (found !== expected)
    throw new DamagedBytes(`the checksum is ${hex(expected)}, but that of the bytes is ${hex(found)}`)
  return value.subarray(checksumBytes)
}

/** The checksum that a value carries. */
export function checksumOf(value: Uint8Array): number {
  return new DataView(value.buffer, value.byteOffset).getUint32(0, true)
}

function compute(table: TableName, key: Uint8Array, value: Uint8Array): number {
  return crc32(value.subarray(checksumBytes), crc32(key, tableSeeds[table]))
}

const tableSeeds: Readonly<Record<TableName, number>> = {
  meta: crc32('meta'),
  series: crc32('series'),
  summaries: crc32('summaries'),
  samples: crc32('samples'),
  journal: crc32('journal'),
  state: crc32('state'),
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}
