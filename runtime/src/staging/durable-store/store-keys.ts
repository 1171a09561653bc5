/** Keys of the store's tables: big-endian, so that LMDB's byte order is numeric order. See `docs/formats/store.md`. */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'

export function seriesKeyBytes(id: SeriesId): Buffer {
  const key = Buffer.alloc(4)
  key.writeUInt32BE(id)
  return key
}

/** Sorts by series, then by the chunk's oldest timestamp; 2^63 is added to it so that negative ones come first. */
export function chunkKeyBytes(series: SeriesId, first: Micros): Buffer {
  const key = Buffer.alloc(12)
  key.writeUInt32BE(series)
  key.writeBigUInt64BE(BigInt(first) + timestampOffset, 4)
  return key
}

/** The arguments of `chunkKeyBytes`. */
export function parseChunkKey(key: Buffer): { readonly series: SeriesId; readonly first: Micros } {
  return { series: key.readUInt32BE(), first: Number(key.readBigUInt64BE(4) - timestampOffset) }
}

/** For error texts; the key may be damaged. */
export function describeChunk(key: Uint8Array): string {
  if (key.length !== 12) return `a chunk with a key of ${key.length} bytes`
  const { series, first } = parseChunkKey(Buffer.from(key))
  return `the chunk of series ${series} that begins at ${first}`
}

/** @param sequence - of a journal record */
export function sequenceBytes(sequence: number): Buffer {
  const key = Buffer.alloc(8)
  key.writeBigUInt64BE(BigInt(sequence))
  return key
}

export function parseSequence(key: Buffer): number {
  return Number(key.readBigUInt64BE())
}

/** The name of a workflow, which has no zero, a zero, and a key of its state. */
export function stateKeyBytes(workflow: string, key: string): Buffer {
  return Buffer.from(`${workflow}\0${key}`)
}

/** The arguments of `stateKeyBytes`. */
export function parseStateKey(bytes: Buffer): { readonly workflow: string; readonly key: string } {
  const text = bytes.toString()
  const end = text.indexOf('\0')
  return { workflow: text.slice(0, end), key: text.slice(end + 1) }
}

/** For error texts; the key may be damaged. */
export function describeState({ workflow, key }: { readonly workflow: string; readonly key: string }): string {
  return `the state ${JSON.stringify(key)} of workflow ${JSON.stringify(workflow)}`
}

const timestampOffset = 2n ** 63n
