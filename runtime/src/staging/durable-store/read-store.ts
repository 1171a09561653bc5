/**
 * Reads what an opening store has on the disk: everything but the samples of sealed chunks. What is missing, or belongs
 * to another time, is noticed here: it does not add up to the totals.
 */
import { createSeries, type Series } from '../../engine/model/series.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { decodeSealedChunk, type SealedChunk } from './chunk-bytes.ts'
import { checksumOf, DamagedBytes, verifyChecksum } from './damaged-bytes.ts'
import { describingDamage } from './describe-failure.ts'
import { decodeJournalRecord, type JournalRecord } from './journal-record.ts'
import type { Snapshot, StoreFiles } from './store-files.ts'
import { describeChunk, describeState, parseChunkKey, parseSequence, parseStateKey } from './store-keys.ts'
import type { ChangedState } from './writer-messages.ts'
import { countRecord, type StoreTotals, type TableTotal } from './store-totals.ts'

/** All series, ascending by id; `null` for one that is removed. @throws {SlungError} `store-corrupt` */
export function* readSeries(
  directory: string,
  { series }: StoreFiles,
  snapshot: Snapshot,
  totals: StoreTotals,
): Generator<{ readonly id: SeriesId; readonly series: Series | null }> {
  const found: TableTotal = { count: 0, checksums: 0 }
  for (const { key, value } of series.getRange({ ...snapshot })) {
    const id = Buffer.from(key).readUInt32BE()
    yield describingDamage(directory, `series ${id}`, () => {
      const text = verifyChecksum('series', key, value)
      countRecord(found, value, 1)
      return { id, series: parseSeries(text) }
    })
  }
  describingDamage(directory, 'the table series', () => compareTotal(found, totals.series))
}

/** @param bytes - a series key as it is stored. @returns `null` for a removed series. @throws {DamagedBytes} */
export function parseSeries(bytes: Uint8Array): Series | null {
  if (bytes.length === 0) return null
  const [name, ...tags] = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString().split('\n')
  try {
    return createSeries(name!, tags)
  } catch (error) {
    throw new DamagedBytes((error as Error).message, { cause: error })
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
  totals: StoreTotals,
  isKnown: (id: SeriesId) => boolean,
): Generator<{ readonly series: SeriesId; readonly sealed: SealedChunk }> {
  const found: TableTotal = { count: 0, checksums: 0 }
  for (const { key, value } of summaries.getRange({ ...snapshot })) {
    yield describingDamage(directory, `the summary of ${describeChunk(key)}`, () => {
      const bytes = verifyChecksum('summaries', key, value)
      const { series, first } = parseChunkKey(Buffer.from(key))
      if (!isKnown(series)) throw new DamagedBytes('there is no such series')
      countRecord(found, value, 1)
      return { series, sealed: decodeSealedChunk(first, bytes) }
    })
  }
  describingDamage(directory, 'the table summaries', () => compareTotal(found, totals.summaries))
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
  totals: StoreTotals,
  isKnown: (id: SeriesId) => boolean,
): Generator<{ readonly sequence: number; readonly record: JournalRecord }> {
  let sequence = totals.journalFirst
  let previousChecksum: number | undefined
  for (const { key, value } of journal.getRange({ ...snapshot })) {
    const record = describingDamage(directory, `record ${sequence} of the journal`, () => {
      const bytes = verifyChecksum('journal', key, value)
      if (parseSequence(Buffer.from(key)) !== sequence) throw new DamagedBytes('it is missing')
      if (sequence >= totals.journalNext) throw new DamagedBytes(`the last one is ${totals.journalNext - 1}`)
      const { previous, record: decoded } = decodeJournalRecord(bytes)
      if (previousChecksum !== undefined && previous !== previousChecksum)
        throw new DamagedBytes('it does not belong to the one before')
      checkSeries(decoded, isKnown)
      return decoded
    })
    previousChecksum = checksumOf(value)
    yield { sequence, record }
    sequence++
  }
  describingDamage(directory, `record ${sequence} of the journal`, () => {
    if (sequence < totals.journalNext) throw new DamagedBytes('it is missing')
  })
  describingDamage(directory, `record ${sequence - 1} of the journal`, () => {
    if (previousChecksum !== undefined && previousChecksum !== totals.journalLast)
      throw new DamagedBytes('it is not the last one that was written')
  })
}

/** @throws {DamagedBytes} when a record is about a series that does not exist */
function checkSeries(record: JournalRecord, isKnown: (id: SeriesId) => boolean): void {
  const ids = new Set(record.kind === 'samples' ? record.columns.series : record.removals.map(({ series }) => series))
  for (const id of ids) if (id !== null && !isKnown(id)) throw new DamagedBytes(`there is no series ${id}`)
}

/** What workflows remember. @throws {SlungError} `store-corrupt` */
export function* readStates(
  directory: string,
  { state }: StoreFiles,
  snapshot: Snapshot,
  totals: StoreTotals,
): Generator<ChangedState & { readonly value: Uint8Array }> {
  const found: TableTotal = { count: 0, checksums: 0 }
  for (const { key, value } of state?.getRange({ ...snapshot }) ?? []) {
    const name = parseStateKey(Buffer.from(key))
    yield describingDamage(directory, describeState(name), () => {
      const bytes = verifyChecksum('state', key, value)
      countRecord(found, value, 1)
      // The memory of what LMDB returns is used again.
      return { ...name, value: Uint8Array.from(bytes) }
    })
  }
  describingDamage(directory, 'the table state', () => compareTotal(found, totals.state))
}

function compareTotal(found: TableTotal, expected: TableTotal): void {
  if (found.count !== expected.count)
    throw new DamagedBytes(`it has ${found.count} records, expected ${expected.count}`)
  if (found.checksums !== expected.checksums) throw new DamagedBytes('it has a record of another time')
}
