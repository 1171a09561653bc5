/**
 * Records of the first format, for `slung store repair`: as the payloads of today's. Only the values of three tables had
 * a checksum, over the rest of the value; summaries and journal records lacked a few fields.
 */
import { crc32 } from 'node:zlib'
import { checksumBytes, checksumOf, DamagedBytes, type TableName } from './damaged-bytes.ts'

/** Where a summary now has the checksum of its samples and the record that it covers. */
const summaryFieldsAt = 32
const summaryFieldsBytes = 12
/** What a journal record now has of the record before. */
const linkBytes = 4

/** @returns what follows the checksum in today's format; 0 where it has a field of today's. @throws {DamagedBytes} */
export function readFormat1(table: TableName, value: Buffer): Buffer {
  if (table === 'meta' || table === 'series') return value
  if (value.length < checksumBytes || crc32(value.subarray(checksumBytes)) !== checksumOf(value))
    throw new DamagedBytes('its checksum does not match')
  const rest = value.subarray(checksumBytes)
  if (table === 'journal') return Buffer.concat([Buffer.alloc(linkBytes), rest])
  if (table === 'samples') return rest
  return Buffer.concat([
    rest.subarray(0, summaryFieldsAt),
    Buffer.alloc(summaryFieldsBytes),
    rest.subarray(summaryFieldsAt),
  ])
}
