/** Reads everything in a store and says what is damaged. */
import { DamagedBytes } from './damaged-bytes.ts'
import { Salvage } from './salvage.ts'

export interface VerifyReport {
  readonly format: number
  readonly series: number
  readonly chunks: number
  /** Samples in chunks. */
  readonly samples: number
  readonly journalRecords: number
  /** Values that workflows remember. */
  readonly states: number
  /** In words, one for each thing; empty when the store is sound. */
  readonly damage: readonly string[]
}

/** @throws {SlungError} `cannot-open-store`, `store-in-use`, `store-format` */
export async function verifyStore(directory: string): Promise<VerifyReport> {
  const salvage = await Salvage.open(directory)
  try {
    const damage = [...salvage.damage]
    const chunks = salvage.chunks()
    let samples = 0
    for (const { series, first, sealed, readSamples } of chunks) {
      const what = `the chunk of series ${series} that begins at ${first}`
      try {
        if (sealed === undefined) damage.push(`${what} has no summary`)
        samples += readSamples().timestamps.length
      } catch (error) {
        if (!(error instanceof DamagedBytes)) throw error
        damage.push(`${what} is damaged: ${error.message}`)
      }
      if (!salvage.series.has(series)) damage.push(`${what} is of a series that does not exist`)
    }
    const { format, series, journal, states } = salvage
    return {
      format,
      series: series.size,
      chunks: chunks.length,
      samples,
      journalRecords: journal.length,
      states: states.length,
      damage,
    }
  } finally {
    await salvage.close()
  }
}
