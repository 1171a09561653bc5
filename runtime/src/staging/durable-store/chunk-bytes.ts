/**
 * A sealed chunk on the disk: its samples, and apart from them what is known without reading them. Format:
 * `docs/formats/chunk.md`.
 */
import { ExactSum } from '../../engine/aggregate/exact-sum.ts'
import { Summary } from '../../engine/aggregate/summary.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import { encodeColumns } from './column-codec.ts'
import { checksumBytes, checksumOf, DamagedBytes, writeChecksum } from './damaged-bytes.ts'

/** What stays in memory of a sealed chunk. */
export interface SealedChunk {
  readonly first: Micros
  readonly last: Micros
  readonly summary: Summary
  /** Size of its encoded samples on the disk. */
  readonly byteLength: number
  /** The checksum that its encoded samples carry. */
  readonly checksum: number
  /** It has what the journal's records before this one say about its span of time. */
  readonly coveredBefore: number
}

/** The value under `key` in the table `samples`. */
export function encodeChunk(key: Uint8Array, columns: Columns): Uint8Array<ArrayBuffer> {
  const block = encodeColumns(columns)
  const bytes = new Uint8Array(checksumBytes + block.length)
  bytes.set(block, checksumBytes)
  return writeChecksum('samples', key, bytes)
}

const summaryHeaderBytes = 50
/** Decoders receive the bytes after the checksum. */
const headerBytes = summaryHeaderBytes - checksumBytes

/**
 * The value under `key` in the table `summaries`.
 *
 * @param samples - what `encodeChunk` made of the same columns
 */
export function encodeSealedChunk(
  key: Uint8Array,
  { timestamps, values }: Columns,
  samples: Uint8Array,
  coveredBefore: number,
): Uint8Array<ArrayBuffer> {
  const summary = new Summary()
  summary.addColumn(values, 0, values.length)
  const { parts, hugeParts } = summary.sum
  const bytes = new Uint8Array(summaryHeaderBytes + 8 * (parts.length + hugeParts.length))
  const view = new DataView(bytes.buffer)
  view.setFloat64(4, timestamps[timestamps.length - 1]!, true)
  view.setFloat64(12, summary.min, true)
  view.setFloat64(20, summary.max, true)
  view.setUint32(28, summary.count, true)
  view.setUint32(32, samples.length, true)
  view.setUint32(36, checksumOf(samples), true)
  view.setFloat64(40, coveredBefore, true)
  // A sum of doubles has about 40 parts at most.
  view.setUint8(48, parts.length)
  view.setUint8(49, hugeParts.length)
  let at = summaryHeaderBytes
  for (const part of [...parts, ...hugeParts]) {
    view.setFloat64(at, part, true)
    at += 8
  }
  return writeChecksum('summaries', key, bytes)
}

/**
 * @param first - from the key
 * @param bytes - the value after its checksum
 * @throws {DamagedBytes} when `encodeSealedChunk` cannot have made them
 */
export function decodeSealedChunk(first: Micros, bytes: Uint8Array): SealedChunk {
  if (bytes.length < headerBytes) throw new DamagedBytes('the summary is cut off')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const partCount = view.getUint8(44)
  const hugePartCount = view.getUint8(45)
  if (bytes.length !== headerBytes + 8 * (partCount + hugePartCount)) {
    throw new DamagedBytes('the summary does not have as many parts as it says')
  }
  const readParts = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, index) => view.getFloat64(headerBytes + 8 * (from + index), true))
  const summary = new Summary(ExactSum.fromParts(readParts(0, partCount), readParts(partCount, hugePartCount)))
  summary.count = view.getUint32(24, true)
  summary.min = view.getFloat64(8, true)
  summary.max = view.getFloat64(16, true)
  return {
    first,
    last: view.getFloat64(0, true),
    summary,
    byteLength: view.getUint32(28, true),
    checksum: view.getUint32(32, true),
    coveredBefore: view.getFloat64(36, true),
  }
}
