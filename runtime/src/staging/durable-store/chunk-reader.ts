/** Reads sealed chunks from the disk, and keeps the most recently used ones decoded. */
import { Chunk, type Columns } from '../../engine/store/chunk.ts'
import type { SealedChunk } from './chunk-bytes.ts'
import { decodeColumns } from './column-codec.ts'
import { checksumOf, DamagedBytes, verifyChecksum } from './damaged-bytes.ts'
import { describingDamage } from './describe-failure.ts'
import { durableSamplesMax, type DurableChunk } from './durable-chunk.ts'
import { StoreFileGuard } from './store-file-guard.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { chunkKeyBytes, describeChunk } from './store-keys.ts'

/** Up to 128 KiB each. */
const decodedChunksMax = 128

export class ChunkReader {
  readonly #directory: string
  readonly #files: StoreFiles
  readonly #snapshot: Snapshot
  #guard: StoreFileGuard | undefined
  /** Least recently used first. */
  readonly #decoded = new Map<DurableChunk, Chunk>()

  constructor(directory: string, files: StoreFiles, snapshot: Snapshot) {
    this.#directory = directory
    this.#files = files
    this.#snapshot = snapshot
  }

  /** The samples of a chunk; do not change them. @throws {SlungError} `store-corrupt` */
  read(chunk: DurableChunk, sealed: SealedChunk): Chunk {
    let decoded = this.#decoded.get(chunk)
    // Put back at the end: the first in the map is the least recently used one.
    if (decoded !== undefined) this.#decoded.delete(chunk)
    else decoded = new Chunk(durableSamplesMax, this.#decode(chunk, sealed))
    this.#decoded.set(chunk, decoded)
    if (this.#decoded.size > decodedChunksMax) this.#decoded.delete(this.#decoded.keys().next().value!)
    return decoded
  }

  /** From now on, a file that is cut off while it is open is noticed before it is read. @throws what opening a file throws */
  startGuarding(): void {
    this.#guard = new StoreFileGuard(this.#directory)
  }

  /** To be called when the file may have grown. */
  noteGrowth(): void {
    this.#guard?.noteGrowth()
  }

  close(): void {
    this.#guard?.close()
  }

  /** To be called when the disk no longer has the same bytes under a chunk's key. */
  forget(chunk: DurableChunk): void {
    this.#decoded.delete(chunk)
  }

  #decode({ series }: DurableChunk, sealed: SealedChunk): Columns {
    const key = chunkKeyBytes(series, sealed.first)
    return describingDamage(this.#directory, describeChunk(key), () => {
      this.#guard?.checkSize()
      return decodeSamples(key, this.#files.samples.get(key, this.#snapshot), sealed)
    })
  }
}

/** The samples under a chunk's key, if they are those of its summary. @throws {DamagedBytes} */
function decodeSamples(key: Uint8Array, value: Uint8Array | undefined, sealed: SealedChunk): Columns {
  if (value === undefined) throw new DamagedBytes('its samples are missing')
  const columns = decodeColumns(verifyChecksum('samples', key, value))
  // The record is whole, but it may be that of another time.
  if (checksumOf(value) !== sealed.checksum) throw new DamagedBytes('its samples are not those of its summary')
  const { length } = columns.timestamps
  if (length === sealed.summary.count) return columns
  throw new DamagedBytes(`it has ${length} samples, expected ${sealed.summary.count}`)
}
