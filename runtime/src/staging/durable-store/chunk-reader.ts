/** Reads sealed chunks from the disk, and keeps the most recently used ones decoded. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { Chunk, type Columns } from '../../engine/store/chunk.ts'
import { decodeChunk, type SealedChunk } from './chunk-bytes.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { durableSamplesMax, type DurableChunk } from './durable-chunk.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { chunkKeyBytes } from './store-keys.ts'

/** Up to 128 KiB each. */
const decodedChunksMax = 128

export class ChunkReader {
  readonly #directory: string
  readonly #files: StoreFiles
  readonly #snapshot: Snapshot
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

  /** To be called when the disk no longer has the same bytes under a chunk's key. */
  forget(chunk: DurableChunk): void {
    this.#decoded.delete(chunk)
  }

  #decode({ series }: DurableChunk, { first, summary }: SealedChunk): Columns {
    const what = `the chunk of series ${series} that begins at ${first}`
    return describingDamage(this.#directory, what, () => {
      const bytes = this.#files.samples.get(chunkKeyBytes(series, first), this.#snapshot)
      if (bytes === undefined) throw new DamagedBytes('its samples are missing')
      const columns = decodeChunk(bytes)
      const { length } = columns.timestamps
      if (length === summary.count) return columns
      throw new DamagedBytes(`it has ${length} samples, expected ${summary.count}`)
    })
  }
}

/** Adds the place to a report of damaged bytes. @throws {SlungError} `store-corrupt` */
export function describingDamage<Result>(directory: string, what: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DamagedBytes)) throw error
    throw new SlungError(
      'store-corrupt',
      `cannot read the store "${directory}": ${what} is damaged: ${error.message}; restore data.mdb from a copy`,
      { cause: error },
    )
  }
}
