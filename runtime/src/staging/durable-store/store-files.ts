/**
 * The LMDB environment of a data directory: `docs/formats/store.md`. Both threads open it: the main one to read, the
 * writer to write.
 */
import { open, type Database, type RootDatabase, type Transaction } from 'lmdb'
import { SlungError } from '../../engine/model/slung-error.ts'
import {
  checksumBytes,
  DamagedBytes,
  isTableName,
  tableNames,
  verifyChecksum,
  writeChecksum,
  type TableName,
} from './damaged-bytes.ts'
import { describingDamage } from './describe-failure.ts'
import { decodeTotals, emptyTotals, encodeTotals, type StoreTotals } from './store-totals.ts'

/** Written into every store; a runtime reads one format only. */
const formatVersion = 2
/** All others, before them and now, are read by `store repair` alone. */
const formatVersionMin = 1
const metaKeys = { format: Buffer.from('format'), session: Buffer.from('session'), totals: Buffer.from('totals') }

type Table = Database<Buffer, Buffer>

/** The tables of a store. Keys and values are bytes. */
export interface StoreFiles {
  readonly environment: RootDatabase<Buffer, Buffer>
  /** `format` → version; `session` → a text that each opening for writing replaces; `totals` → `StoreTotals`. */
  readonly meta: Table
  /** Series id → series key, UTF-8. */
  readonly series: Table
  /** Chunk key → what is known of the chunk without reading its samples. */
  readonly summaries: Table
  /** Chunk key → its samples. */
  readonly samples: Table
  /** Sequence number → record. */
  readonly journal: Table
  /**
   * State key → value. Of a store that is opened to read, `undefined` as long as nothing has opened it to write that
   * knows this table.
   */
  readonly state: Table | undefined
}

/** One moment of a store, to read from; empty = the newest. */
export interface Snapshot {
  readonly transaction?: Transaction
}

const encoding = { encoding: 'binary', keyEncoding: 'binary' } as const

/** Opens the environment of a directory that exists and contains nothing else. @throws what LMDB throws */
export function openEnvironment(directory: string, access: 'write' | 'read'): RootDatabase<Buffer, Buffer> {
  return open<Buffer, Buffer>({
    path: directory,
    // For any name of the directory: LMDB takes one with a dot for a file.
    noSubdir: false,
    maxDbs: tableNames.length,
    readOnly: access === 'read',
    // A transaction that returned is on the disk.
    overlappingSync: false,
    ...encoding,
  })
}

/** Opens the tables of a store, and creates missing ones when it is opened to write. @throws what LMDB throws */
export function openTables(environment: RootDatabase<Buffer, Buffer>): StoreFiles {
  const table = (name: TableName): Table => environment.openDB<Buffer, Buffer>({ name, ...encoding })
  // `meta` first: something with other tables but no format is not a store.
  return {
    environment,
    meta: table('meta'),
    series: table('series'),
    summaries: table('summaries'),
    samples: table('samples'),
    journal: table('journal'),
    state: table('state'),
  }
}

/** Environment and tables together, for a store that was checked. */
export function openStoreFiles(directory: string, access: 'write' | 'read'): StoreFiles {
  return openTables(openEnvironment(directory, access))
}

/**
 * Refuses anything but a store of this format. An environment without tables passes when it is opened to write: it
 * becomes one.
 *
 * @throws {SlungError} `store-format`, `store-corrupt`
 */
export function checkFormat(
  environment: RootDatabase<Buffer, Buffer>,
  directory: string,
  access: 'write' | 'read',
): void {
  const names = [...environment.getKeys()].map((key) => Buffer.from(key).toString().replace(/\0$/, ''))
  const isOurs = names.every((name) => isTableName(name))
  const openTable = (name: string): Table => environment.openDB<Buffer, Buffer>({ name, ...encoding })
  const isEmpty = isOurs && names.every((name) => openTable(name).getKeysCount() === 0)
  // A program that creates a store makes the tables first.
  if (isEmpty && access === 'write') return
  const bytes = names.includes('meta') ? openTable('meta').getBinary(metaKeys.format) : undefined
  const found = describingDamage(directory, 'the format', () => {
    if (bytes !== undefined) return decodeFormat(bytes)
    if (isOurs && !isEmpty) throw new DamagedBytes('it is missing')
    return undefined
  })
  if (found === formatVersion) return
  throw new SlungError('store-format', `cannot open the store "${directory}": ${describeFormat(directory, found)}`)
}

/** @throws {DamagedBytes} */
function decodeFormat(value: Buffer): number {
  // The first format had no checksum.
  if (value.length === 4) return value.readUInt32LE()
  const bytes = verifyChecksum('meta', metaKeys.format, value)
  if (bytes.length !== 4) throw new DamagedBytes('it is not a number')
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
}

function describeFormat(directory: string, found: number | undefined): string {
  if (found === undefined) return `it holds something other than a Slung store; use another directory`
  if (found >= formatVersionMin && found < formatVersion) {
    return (
      `it has format ${found}, and this program uses format ${formatVersion}; ` +
      `run "slung store repair ${directory} NEW" to copy it into the new directory NEW, and use that`
    )
  }
  return `it has format ${found}; this program reads format ${formatVersion}, so use the program that wrote it, or another directory`
}

/** Makes it a store of this format that only this session writes to. @throws what LMDB throws */
export function beginSession(environment: RootDatabase<Buffer, Buffer>, session: string): StoreFiles {
  const files = openTables(environment)
  environment.transactionSync(() => {
    if (files.meta.getBinary(metaKeys.format) === undefined) {
      const version = Buffer.alloc(checksumBytes + 4)
      version.writeUInt32LE(formatVersion, checksumBytes)
      putMeta(files, 'format', version)
      writeTotals(files, emptyTotals())
    }
    putMeta(files, 'session', Buffer.concat([Buffer.alloc(checksumBytes), Buffer.from(session)]))
  })
  return files
}

/** Whose session it is. @throws {DamagedBytes} */
export function readSession(files: StoreFiles): string {
  return Buffer.from(getMeta(files, 'session')).toString()
}

/** @throws {DamagedBytes} */
export function readTotals(files: StoreFiles, snapshot: Snapshot = {}): StoreTotals {
  return decodeTotals(getMeta(files, 'totals', snapshot))
}

export function writeTotals(files: StoreFiles, totals: StoreTotals): void {
  putMeta(files, 'totals', encodeTotals(totals))
}

function putMeta({ meta }: StoreFiles, name: keyof typeof metaKeys, value: Buffer): void {
  meta.putSync(metaKeys[name], writeChecksum('meta', metaKeys[name], value))
}

function getMeta({ meta }: StoreFiles, name: keyof typeof metaKeys, snapshot: Snapshot = {}): Uint8Array {
  const value = meta.get(metaKeys[name], snapshot)
  if (value === undefined) throw new DamagedBytes('it is missing')
  return verifyChecksum('meta', metaKeys[name], value)
}
