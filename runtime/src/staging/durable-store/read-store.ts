/** Reads what an opening store has on the disk: everything but the samples of sealed chunks. */
import { createSeries, type Series } from '../../engine/model/series.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { decodeSealedChunk, type SealedChunk } from './chunk-bytes.ts'
import { describingDamage } from './chunk-reader.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { decodeJournalRecord, type JournalRecord } from './journal-record.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { parseChunkKey, parseSequence } from './store-keys.ts'

/** All series; the first has id 0. @throws {SlungError} `store-corrupt` */
export function* readSeries(directory: string, { series }: StoreFiles, snapshot: Snapshot): Generator<Series> {
  let count = 0
  for (const { key, value } of series.getRange({ ...snapshot })) {
    yield describingDamage(directory, `series ${count}`, () => {
      if (Buffer.from(key).readUInt32BE() !== count) throw new DamagedBytes('it is missing')
      const [name, ...tags] = value.toString().split('\n')
      try {
        return createSeries(name!, tags)
      } catch (error) {
        throw new DamagedBytes((error as Error).message, { cause: error })
      }
    })
    count++
  }
}

/** All sealed chunks, by series and then in order of time. @throws {SlungError} `store-corrupt` */
export function* readSealedChunks(
  directory: string,
  { summaries }: StoreFiles,
  snapshot: Snapshot,
  seriesCount: number,
): Generator<{ readonly series: SeriesId; readonly sealed: SealedChunk }> {
  for (const { key, value } of summaries.getRange({ ...snapshot })) {
    const { series, first } = parseChunkKey(Buffer.from(key))
    const sealed = describingDamage(directory, `the summary of series ${series} that begins at ${first}`, () => {
      if (series >= seriesCount) throw new DamagedBytes('there is no such series')
      return decodeSealedChunk(first, value)
    })
    yield { series, sealed }
  }
}

/** The journal, oldest record first. @throws {SlungError} `store-corrupt` */
export function* readJournal(
  directory: string,
  { journal }: StoreFiles,
  snapshot: Snapshot,
  seriesCount: number,
): Generator<{ readonly sequence: number; readonly record: JournalRecord }> {
  for (const { key, value } of journal.getRange({ ...snapshot })) {
    const sequence = parseSequence(Buffer.from(key))
    const record = describingDamage(directory, `record ${sequence} of the journal`, () => {
      const decoded = decodeJournalRecord(value)
      const ids =
        decoded.kind === 'samples' ? decoded.columns.series : decoded.removals.map(({ series }) => series ?? 0)
      for (const id of ids) if (id >= seriesCount) throw new DamagedBytes(`there is no series ${id}`)
      return decoded
    })
    yield { sequence, record }
  }
}
