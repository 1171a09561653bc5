/**
 * Whether stored bytes are those once written: each value begins with the CRC-32 of the rest.
 *
 * Decoders throw `DamagedBytes`, which says what is wrong but not where; the code that read the bytes adds the place.
 */
import { crc32 } from 'node:zlib'

/** Where the bytes after the checksum begin. */
export const checksumBytes = 4

/** Stored bytes that no encoder wrote. */
export class DamagedBytes extends Error {}

/** Puts the checksum of everything after it into the first four bytes, and returns the same bytes. */
export function writeChecksum(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, crc32(bytes.subarray(checksumBytes)), true)
  return bytes
}

/** The bytes after the checksum; a view. @throws {DamagedBytes} when the checksum does not match */
export function verifyChecksum(bytes: Uint8Array): Uint8Array {
  if (bytes.length < checksumBytes) throw new DamagedBytes(`${bytes.length} bytes are too few`)
  const rest = bytes.subarray(checksumBytes)
  const expected = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const found = crc32(rest)
  if (found !== expected)
    throw new DamagedBytes(`the checksum is ${hex(expected)}, but that of the bytes is ${hex(found)}`)
  return rest
}

function hex(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}
