/**
 * Everything that is whole in a store's file, however damaged the rest is. It reads the pages itself: LMDB would follow
 * damaged ones to the end of the program. Each record proves itself by its checksum, the totals tell what is missing.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Series } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Columns } from '../../engine/store/chunk.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import { decodeSealedChunk, type SealedChunk } from './chunk-bytes.ts'
import { decodeColumns } from './column-codec.ts'
import { checksumOf, DamagedBytes, verifyChecksum, type TableName } from './damaged-bytes.ts'
import { cannotOpen } from './describe-failure.ts'
import { DirectoryLock } from './directory-lock.ts'
import { readFormat1 } from './format-1.ts'
import { decodeJournalRecord, type LinkedRecord } from './journal-record.ts'
import { assertStore } from './lmdb-file.ts'
import { readAnyMeta, readMeta } from './lmdb-meta.ts'
import { walkPages } from './lmdb-pages.ts'
import { parseSeries } from './read-store.ts'
import { describeChunk, describeState, parseChunkKey, parseSequence, parseStateKey } from './store-keys.ts'
import type { ChangedState } from './writer-messages.ts'
import { countRecord, decodeTotals, type StoreTotals, type TableTotal } from './store-totals.ts'

/** A chunk of which a summary, samples or both are there. */
export interface SalvagedChunk {
  readonly series: SeriesId
  readonly first: Micros
  /** `undefined` when its summary is gone. */
  sealed?: SealedChunk
  /** @throws {DamagedBytes} when its samples are gone or damaged */
  readSamples: () => Columns
}

interface JournalEntry extends LinkedRecord {
  readonly sequence: number
  readonly checksum: number
}

type ReadValue = () => Buffer | undefined

const newestFormat = 2

export class Salvage {
  /** What is wrong with the pages and the records, in words; without the samples of chunks, which are read later. */
  readonly damage: string[] = []
  readonly series: Map<SeriesId, Series> = new Map<SeriesId, Series>()
  /** The series that were removed; the journal may still be about them. */
  readonly removed: Set<SeriesId> = new Set<SeriesId>()
  /** What workflows remember. */
  readonly states: ChangedState[] = []
  /** Ascending. */
  readonly journal: JournalEntry[] = []
  /** `undefined` when they are gone, and in format 1. */
  totals: StoreTotals | undefined
  format: number = newestFormat
  /** `false` when it may be as it was before its last commit. */
  isNewest = true
  readonly #file: FileHandle
  readonly #chunks = new Map<string, SalvagedChunk>()

  private constructor(file: FileHandle) {
    this.#file = file
  }

  /** @throws {SlungError} `cannot-open-store`, `store-in-use`, `store-format`: it has nothing that could be read */
  static async open(directory: string): Promise<Salvage> {
    try {
      await assertStore(directory)
      await DirectoryLock.refuseOwned(directory)
      const salvage = new Salvage(await open(join(directory, 'data.mdb'), 'r'))
      try {
        salvage.#read(directory)
        return salvage
      } catch (error) {
        await salvage.close()
        throw error
      }
    } catch (error) {
      throw cannotOpen(directory, error, 'read')
    }
  }

  /** By series and then in order of time. */
  chunks(): SalvagedChunk[] {
    return [...this.#chunks.values()].sort((left, right) => left.series - right.series || left.first - right.first)
  }

  close(): Promise<void> {
    return this.#file.close()
  }

  #read(directory: string): void {
    const { fd } = this.#file
    const whole = readMeta(fd)
    const meta = whole ?? readAnyMeta(fd)
    if (meta === undefined) {
      throw new SlungError(
        'store-format',
        `cannot read the store "${directory}": the beginning of its data.mdb was overwritten, or it is not a store; ` +
          'restore it from a copy',
      )
    }
    this.isNewest = whole !== undefined
    if (!this.isNewest) this.damage.push('one of the two meta pages was overwritten; the last commit may be missing')
    const records: Record<TableName, { key: Buffer; read: ReadValue }[]> = {
      meta: [],
      series: [],
      summaries: [],
      samples: [],
      journal: [],
      state: [],
    }
    walkPages(fd, meta, {
      record: (table, key, read) => records[table].push({ key: Buffer.from(key), read }),
      damaged: ({ message }) => this.damage.push(message),
    })
    for (const { key, read } of records.meta) this.#readMeta(key, read)
    if (this.format !== newestFormat && this.format !== 1) {
      throw new SlungError(
        'store-format',
        `cannot read the store "${directory}": it has format ${this.format}; use the program that wrote it`,
      )
    }
    for (const { key, read } of records.series) {
      this.#try(
        () => `series ${key.length === 4 ? key.readUInt32BE() : key.toString('hex')}`,
        () => {
          const series = parseSeries(this.#open('series', key, read))
          if (series === null) this.removed.add(key.readUInt32BE())
          else this.series.set(key.readUInt32BE(), series)
        },
      )
    }
    for (const { key, read } of records.summaries) this.#readSummary(key, read)
    for (const { key, read } of records.samples) this.#addSamples(key, read)
    for (const { key, read } of records.journal) this.#readJournal(key, read)
    for (const { key, read } of records.state) this.#readState(key, read)
    this.#compareTotals(records)
  }

  #readMeta(key: Buffer, read: ReadValue): void {
    const name = key.toString()
    this.#try(
      () => `the record ${JSON.stringify(name)} of meta`,
      () => {
        if (name === 'format') {
          const value = present(read())
          const bytes = value.length === 4 ? value : Buffer.from(verifyChecksum('meta', key, value))
          if (bytes.length !== 4) throw new DamagedBytes('it is not a number')
          this.format = bytes.readUInt32LE()
        } else if (name === 'totals') this.totals = decodeTotals(this.#open('meta', key, read))
        else if (name === 'session') this.#open('meta', key, read)
        else throw new DamagedBytes('it is unknown')
      },
    )
  }

  #readSummary(key: Buffer, read: ReadValue): void {
    this.#try(
      () => `the summary of ${describeChunk(key)}`,
      () => {
        const bytes = this.#open('summaries', key, read)
        const chunk = this.#chunkAt(key)
        chunk.sealed = decodeSealedChunk(chunk.first, bytes)
      },
    )
  }

  #addSamples(key: Buffer, read: ReadValue): void {
    this.#try(
      () => `the samples under a key of ${key.length} bytes`,
      () => {
        const chunk = this.#chunkAt(key)
        chunk.readSamples = () => {
          const columns = decodeColumns(this.#open('samples', key, read))
          const { sealed } = chunk
          if (sealed === undefined) return columns
          // In format 1, a summary does not know the checksum of its samples.
          if (this.format === newestFormat && checksumOf(present(read())) !== sealed.checksum)
            throw new DamagedBytes('its samples are not those of its summary')
          if (columns.timestamps.length !== sealed.summary.count)
            throw new DamagedBytes(`it has ${columns.timestamps.length} samples, expected ${sealed.summary.count}`)
          return columns
        }
      },
    )
  }

  #readJournal(key: Buffer, read: ReadValue): void {
    const sequence = key.length === 8 ? parseSequence(key) : undefined
    this.#try(
      () => `record ${sequence} of the journal`,
      () => {
        const linked = decodeJournalRecord(this.#open('journal', key, read))
        this.journal.push({ ...linked, sequence: sequence!, checksum: checksumOf(present(read())) })
      },
    )
  }

  #readState(key: Buffer, read: ReadValue): void {
    const name = parseStateKey(key)
    this.#try(
      () => describeState(name),
      () => this.states.push({ ...name, value: this.#open('state', key, read) }),
    )
  }

  /** What follows the checksum. @throws {DamagedBytes} */
  #open(table: TableName, key: Buffer, read: ReadValue): Uint8Array {
    const value = present(read())
    return this.format === 1 ? readFormat1(table, value) : verifyChecksum(table, key, value)
  }

  #chunkAt(key: Buffer): SalvagedChunk {
    if (key.length !== 12) throw new DamagedBytes('its key is damaged')
    const name = key.toString('hex')
    let chunk = this.#chunks.get(name)
    if (chunk === undefined) {
      const readSamples = (): Columns => {
        throw new DamagedBytes('its samples are missing')
      }
      chunk = { ...parseChunkKey(key), readSamples }
      this.#chunks.set(name, chunk)
    }
    return chunk
  }

  #compareTotals(records: Readonly<Record<TableName, readonly { key: Buffer; read: ReadValue }[]>>): void {
    this.journal.sort((left, right) => left.sequence - right.sequence)
    if (this.format === 1) return
    const { totals } = this
    if (totals === undefined) {
      this.damage.push('the totals are gone; whether anything is missing is unknown')
      return
    }
    for (const table of ['series', 'summaries', 'state'] as const) {
      const found: TableTotal = { count: 0, checksums: 0 }
      for (const { read } of records[table]) {
        const value = read()
        if (value !== undefined && value.length >= 4) countRecord(found, value, 1)
      }
      const expected = totals[table]
      if (found.count !== expected.count)
        this.damage.push(`the table ${table} has ${found.count} records, expected ${expected.count}`)
      else if (found.checksums !== expected.checksums)
        this.damage.push(`the table ${table} has other records than its totals say`)
    }
    let previous: JournalEntry | undefined
    const bySequence = new Map(this.journal.map((entry) => [entry.sequence, entry]))
    for (let sequence = totals.journalFirst; sequence < totals.journalNext; sequence++) {
      const entry = bySequence.get(sequence)
      if (entry === undefined) this.damage.push(`record ${sequence} of the journal is missing`)
      else if (previous !== undefined && previous.checksum !== entry.previous)
        this.damage.push(`record ${sequence} of the journal does not belong to the one before`)
      if (entry !== undefined && sequence === totals.journalNext - 1 && entry.checksum !== totals.journalLast)
        this.damage.push(`record ${sequence} of the journal is not the last one that was written`)
      previous = entry
    }
    for (const { sequence } of this.journal) {
      if (sequence < totals.journalFirst || sequence >= totals.journalNext)
        this.damage.push(`record ${sequence} of the journal is one too many`)
    }
  }

  #try(what: () => string, read: () => void): void {
    try {
      read()
    } catch (error) {
      if (!(error instanceof DamagedBytes) && !(error instanceof RangeError)) throw error
      this.damage.push(`${what()} is damaged: ${error.message}`)
    }
  }
}

function present(value: Buffer | undefined): Buffer {
  if (value === undefined) throw new DamagedBytes('it is cut off')
  return value
}
