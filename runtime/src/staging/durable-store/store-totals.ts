/**
 * What a store holds in all, written with every commit: a record that is missing, or that belongs to another time, does
 * not add up. Format: `docs/formats/store.md`.
 */
import { checksumBytes, checksumOf, DamagedBytes } from './damaged-bytes.ts'

/** How many records a table has, and the sum of their checksums modulo 2^32. */
export interface TableTotal {
  count: number
  checksums: number
}

export interface StoreTotals {
  readonly series: TableTotal
  readonly summaries: TableTotal
  readonly state: TableTotal
  /** Samples in all sealed chunks. */
  sealedSamples: number
  /** The first record of the journal, and the number of the next one; equal when it is empty. */
  journalFirst: number
  journalNext: number
  /** Samples and removals in the journal. */
  journalEntries: number
  /** The checksum of the newest record ever; 0 before the first. */
  journalLast: number
}

const stateAt = 4 * 4 + 8 * 4 + 4
const totalsBytes = checksumBytes + stateAt + 2 * 4

/** Those of a new store. */
export function emptyTotals(): StoreTotals {
  return {
    series: { count: 0, checksums: 0 },
    summaries: { count: 0, checksums: 0 },
    state: { count: 0, checksums: 0 },
    sealedSamples: 0,
    journalFirst: 1,
    journalNext: 1,
    journalEntries: 0,
    journalLast: 0,
  }
}

/** With room for the checksum. */
export function encodeTotals(totals: StoreTotals): Buffer {
  const bytes = Buffer.alloc(totalsBytes)
  let at = checksumBytes
  for (const { count, checksums } of [totals.series, totals.summaries]) {
    at = bytes.writeUInt32LE(count, at)
    at = bytes.writeUInt32LE(checksums, at)
  }
  for (const number of [totals.sealedSamples, totals.journalFirst, totals.journalNext, totals.journalEntries]) {
    at = bytes.writeDoubleLE(number, at)
  }
  at = bytes.writeUInt32LE(totals.journalLast, at)
  at = bytes.writeUInt32LE(totals.state.count, at)
  bytes.writeUInt32LE(totals.state.checksums, at)
  return bytes
}

/** @param bytes - the value after its checksum. @throws {DamagedBytes} */
export function decodeTotals(bytes: Uint8Array): StoreTotals {
  // Of a store in which no workflow remembered anything yet.
  const hasState = bytes.length !== stateAt
  if (hasState && bytes.length !== totalsBytes - checksumBytes) throw new DamagedBytes('the totals are cut off')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const table = (at: number): TableTotal => ({
    count: view.getUint32(at, true),
    checksums: view.getUint32(at + 4, true),
  })
  return {
    series: table(0),
    summaries: table(8),
    state: hasState ? table(stateAt) : { count: 0, checksums: 0 },
    sealedSamples: view.getFloat64(16, true),
    journalFirst: view.getFloat64(24, true),
    journalNext: view.getFloat64(32, true),
    journalEntries: view.getFloat64(40, true),
    journalLast: view.getUint32(48, true),
  }
}

/** Counts a record in, or out. @param value - as it is stored */
export function countRecord(total: TableTotal, value: Uint8Array, by: 1 | -1): void {
  total.count += by
  total.checksums = (total.checksums + by * checksumOf(value)) >>> 0
}
