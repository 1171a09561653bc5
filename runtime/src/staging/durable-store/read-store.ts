/** Reads what an opening store has on the disk: everything but the samples of sealed chunks. */
import { createSeries, type Series } from '../../engine/model/series.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { decodeSealedChunk, type SealedChunk } from './chunk-bytes.ts'
import { describingDamage } from './chunk-reader.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { decodeJournalRecord, type JournalRecord } from './journal-record.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { parseChunkKey, parseSequence } from './store-keys.ts'

/** All series, ascending by id; `null` for one that is removed. @throws {SlungError} `store-corrupt` */
export function* readSeries(
  directory: string,
  { series }: StoreFiles,
  snapshot: Snapshot,
): Generator<{ readonly id: SeriesId; readonly series: Series | null }> {
  for (const { key, value } of series.getRange({ ...snapshot })) {
    const id = Buffer.from(key).readUInt32BE()
    yield describingDamage(directory, `series ${id}`, () => {
      if (value.length === 0) return { id, series: null }
      const [name, ...tags] = value.toString().split('\n')
      try {
        return { id, series: createSeries(name!, tags) }
      } catch (error) {
        throw new DamagedBytes((error as Error).message, { cause: error })
      }
    })
  }
}

/**
 * All sealed chunks, by series and then in order of time.
 *
 * @param isKnown - whether there is such a series
 * @throws {SlungError} `store-corrupt`
 */
export function* readSealedChunks(
  directory: string,
  { summaries }: StoreFiles,
  snapshot: Snapshot,
  isKnown: (id: SeriesId) => boolean,
): Generator<{ readonly series: SeriesId; readonly sealed: SealedChunk }> {
  for (const { key, value } of summaries.getRange({ ...snapshot })) {
    const { series, first } = parseChunkKey(Buffer.from(key))
    const sealed = describingDamage(directory, `the summary of series ${series} that begins at ${first}`, () => {
      if (!isKnown(series)) throw new DamagedBytes('there is no such series')
      return decodeSealedChunk(first, value)
    })
    yield { series, sealed }
  }
}

/**
 * The journal, oldest record first.
 *
 * @param isKnown - whether there is such a series, or was
 * @throws {SlungError} `store-corrupt`
 */
export function* readJournal(
  directory: string,
  { journal }: StoreFiles,
  snapshot: Snapshot,
  isKnown: (id: SeriesId) => boolean,
): Generator<{ readonly sequence: number; readonly record: JournalRecord }> {
  for (const { key, value } of journal.getRange({ ...snapshot })) {
    const sequence = parseSequence(Buffer.from(key))
    const record = describingDamage(directory, `record ${sequence} of the journal`, () => {
      const decoded = decodeJournalRecord(value)
      const ids = new Set(
        decoded.kind === 'samples' ? decoded.columns.series : decoded.removals.map(({ series }) => series),
      )
      for (const id of ids) if (id !== null && !isKnown(id)) throw new DamagedBytes(`there is no series ${id}`)
      return decoded
    })
    yield { sequence, record }
  }
}
