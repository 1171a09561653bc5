/**
 * The LMDB environment of a data directory: `docs/formats/store.md`. Both threads open it: the main one to read, the
 * writer to write.
 */
import { open, type Database, type RootDatabase, type Transaction } from 'lmdb'
import { SlungError } from '../../engine/model/slung-error.ts'

/** Written into every store; a program reads one format only. */
const formatVersion = 1
const formatKey = Buffer.from('format')
const sessionKey = Buffer.from('session')
const tableNames = ['meta', 'series', 'summaries', 'samples', 'journal'] as const

type Table = Database<Buffer, Buffer>

/** The tables of a store. Keys and values are bytes. */
export interface StoreFiles {
  readonly environment: RootDatabase<Buffer, Buffer>
  /** `format` → version, u32 little-endian; `session` → a text that each opening for writing replaces. */
  readonly meta: Table
  /** Series id → series key, UTF-8. */
  readonly series: Table
  /** Chunk key → what is known of the chunk without reading its samples. */
  readonly summaries: Table
  /** Chunk key → its samples. */
  readonly samples: Table
  /** Sequence number → record. */
  readonly journal: Table
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
  const table = (name: (typeof tableNames)[number]): Table => environment.openDB<Buffer, Buffer>({ name, ...encoding })
  // `meta` first: something with other tables but no format is not a store.
  return {
    environment,
    meta: table('meta'),
    series: table('series'),
    summaries: table('summaries'),
    samples: table('samples'),
    journal: table('journal'),
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
 * @throws {SlungError} `store-format`
 */
export function checkFormat(
  environment: RootDatabase<Buffer, Buffer>,
  directory: string,
  access: 'write' | 'read',
): void {
  const names = [...environment.getKeys()].map((key) => Buffer.from(key).toString().replace(/\0$/, ''))
  if (names.length === 0 && access === 'write') return
  const meta = names.includes('meta') ? environment.openDB<Buffer, Buffer>({ name: 'meta', ...encoding }) : undefined
  const bytes = meta?.getBinary(formatKey)
  // The program that created it got no further than the first table.
  if (bytes === undefined && meta !== undefined && names.length === 1 && access === 'write') return
  const found = bytes?.length === 4 ? bytes.readUInt32LE() : undefined
  if (found === formatVersion) return
  const what = found === undefined ? 'it holds something other than a Slung store' : `it has format ${found}`
  throw new SlungError(
    'store-format',
    `cannot open the store "${directory}": ${what}; this program reads format ${formatVersion}, ` +
      'so use the program that wrote it, or another directory',
  )
}

/** Makes it a store of this format that only this session writes to. @throws what LMDB throws */
export function beginSession(environment: RootDatabase<Buffer, Buffer>, session: string): StoreFiles {
  const version = Buffer.alloc(4)
  version.writeUInt32LE(formatVersion)
  const meta = environment.openDB<Buffer, Buffer>({ name: 'meta', ...encoding })
  environment.transactionSync(() => {
    meta.putSync(formatKey, version)
    meta.putSync(sessionKey, Buffer.from(session))
  })
  return openTables(environment)
}

/** Whose session it is. */
export function readSession({ meta }: StoreFiles): string | undefined {
  return meta.getBinary(sessionKey)?.toString()
}
