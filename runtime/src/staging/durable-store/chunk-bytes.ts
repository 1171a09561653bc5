/**
 * A sealed chunk on the disk: its samples, and apart from them what is known without reading them. Format:
 * `docs/formats/chunk.md`.
 */
import { ExactSum } from '../../engine/aggregate/exact-sum.ts'
import { Summary } from '../../engine/aggregate/summary.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import { decodeColumns, encodeColumns } from './column-codec.ts'
import { checksumBytes, DamagedBytes, verifyChecksum, writeChecksum } from './damaged-bytes.ts'

/** What stays in memory of a sealed chunk. */
export interface SealedChunk {
  readonly first: Micros
  readonly last: Micros
  readonly summary: Summary
  /** Size of its encoded samples on the disk. */
  readonly byteLength: number
}

export function encodeChunk(columns: Columns): Uint8Array<ArrayBuffer> {
  const block = encodeColumns(columns)
  const bytes = new Uint8Array(checksumBytes + block.length)
  bytes.set(block, checksumBytes)
  return writeChecksum(bytes)
}

/** @throws {DamagedBytes} */
export function decodeChunk(bytes: Uint8Array): Columns {
  return decodeColumns(verifyChecksum(bytes))
}

const summaryHeaderBytes = 38

/** Encodes what `decodeSealedChunk` returns, except `first`, which is in the key. */
export function encodeSealedChunk({ timestamps, values }: Columns, byteLength: number): Uint8Array<ArrayBuffer> {
  const summary = new Summary()
  summary.addColumn(values, 0, values.length)
  const { parts, hugeParts } = summary.sum
  const bytes = new Uint8Array(summaryHeaderBytes + 8 * (parts.length + hugeParts.length))
  const view = new DataView(bytes.buffer)
  view.setFloat64(4, timestamps[timestamps.length - 1]!, true)
  view.setFloat64(12, summary.min, true)
  view.setFloat64(20, summary.max, true)
  view.setUint32(28, summary.count, true)
  view.setUint32(32, byteLength, true)
  // A sum of doubles has about 40 parts at most.
  view.setUint8(36, parts.length)
  view.setUint8(37, hugeParts.length)
  let at = summaryHeaderBytes
  for (const part of [...parts, ...hugeParts]) {
    view.setFloat64(at, part, true)
    at += 8
  }
  return writeChecksum(bytes)
}

/** @throws {DamagedBytes} */
export function decodeSealedChunk(first: Micros, bytes: Uint8Array): SealedChunk {
  verifyChecksum(bytes)
  if (bytes.length < summaryHeaderBytes) throw new DamagedBytes('the summary is cut off')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const partCount = view.getUint8(36)
  const hugePartCount = view.getUint8(37)
  if (bytes.length !== summaryHeaderBytes + 8 * (partCount + hugePartCount)) {
    throw new DamagedBytes('the summary does not have as many parts as it says')
  }
  const readParts = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => view.getFloat64(summaryHeaderBytes + 8 * (from + index), true))
  const summary = new Summary(ExactSum.fromParts(readParts(0, partCount), readParts(partCount, hugePartCount)))
  summary.count = view.getUint32(28, true)
  summary.min = view.getFloat64(12, true)
  summary.max = view.getFloat64(20, true)
  return { first, last: view.getFloat64(4, true), summary, byteLength: view.getUint32(32, true) }
}
