/**
 * A look at LMDB's files before LMDB itself opens them. LMDB maps them into memory and trusts them: a file that is not
 * its own, or that was cut off, crashes the whole program instead of failing. The first two pages say what a file is
 * and how long.
 */
import { open, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'

/** Each of the first two pages: 24 bytes of page header, then this. */
const metaStart = 24
const magic = 0xbeef_c0de
const lmdbVersion = 2
const pageSizeAt = metaStart + 24
const lastPageAt = metaStart + 120
const transactionAt = metaStart + 128
const metaBytes = transactionAt + 8
/** More than LMDB leaves unwritten at the end. */
const unwrittenBytesMax = 1024 * 1024

/** @throws {SlungError} `cannot-open-store` unless there is a store */
export async function assertStore(directory: string): Promise<void> {
  const isThere = await stat(join(directory, 'data.mdb')).then(
    (entry) => entry.isFile(),
    () => false,
  )
  if (isThere) return
  throw new SlungError(
    'cannot-open-store',
    `cannot open the store "${directory}": there is no data.mdb; "slung run --data ${directory}" creates one`,
  )
}

/**
 * Accepts what LMDB can open: a missing file, an empty file, or a file of its own.
 *
 * @param access - with `write`, a file that is shorter than it claims is extended: LMDB leaves empty pages at the end
 *   unwritten, and reading beyond the end would be fatal
 * @throws {SlungError} `store-format`, `store-corrupt`
 */
export async function checkLmdbFile(directory: string, access: 'write' | 'read'): Promise<void> {
  const path = join(directory, 'data.mdb')
  const file = await open(path, access === 'write' ? 'r+' : 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (file === undefined) return
  try {
    const { size } = await file.stat()
    if (size === 0) return
    const read = async (position: number): Promise<DataView> => {
      const bytes = new Uint8Array(metaBytes)
      await file.read(bytes, 0, metaBytes, position)
      const view = new DataView(bytes.buffer)
      if (view.getUint32(metaStart, true) === magic && view.getUint16(metaStart + 4, true) === lmdbVersion) return view
      throw new SlungError(
        'store-format',
        `cannot open the store "${directory}": its data.mdb is not a database of LMDB ${lmdbVersion}, or its beginning was ` +
          'overwritten; restore it from a copy, or use another directory',
      )
    }
    const first = await read(0)
    const pageSize = first.getUint32(pageSizeAt, true)
    const second = await read(pageSize)
    const isNewer = second.getBigUint64(transactionAt, true) > first.getBigUint64(transactionAt, true)
    const lastPage = Number((isNewer ? second : first).getBigUint64(lastPageAt, true))
    const expectedSize = (lastPage + 1) * pageSize
    if (access === 'write' && size < expectedSize) await file.truncate(expectedSize)
    // A reader must not touch the size: a runtime may be changing it at this moment.
    if (access === 'read' && size + unwrittenBytesMax < expectedSize) {
      throw new SlungError(
        'store-corrupt',
        `cannot open the store "${directory}": its data.mdb was cut off, it has ${size} of ${expectedSize} bytes; ` +
          'restore it from a copy',
      )
    }
  } finally {
    await file.close()
  }
}

/** Room for LMDB's table of 126 readers. */
const lockBytes = 12 * 1024
/** What a new store takes at first, and a little more. */
const newStoreBytes = 64 * 1024

/**
 * Makes opening fail on a full disk. LMDB extends its files without reserving space and maps them into memory; when it
 * then writes to them, a full disk crashes the whole program.
 *
 * @param access - with `read`, a directory without write permission is left as it is (see `checkReaderTable`)
 * @throws what writing a file throws
 */
export async function reserveRoom(directory: string, access: 'write' | 'read'): Promise<void> {
  const isNew = await stat(join(directory, 'data.mdb')).then(
    ({ size }) => size === 0,
    () => true,
  )
  if (isNew && access === 'write') {
    const probe = join(directory, 'room')
    // A killed program may have left one behind.
    await rm(probe, { force: true })
    await writeNew(probe, newStoreBytes)
    await rm(probe)
  }
  try {
    await writeNew(join(directory, 'lock.mdb'), lockBytes)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (access === 'read' && isNotPermitted(code)) return
    throw error
  }
}

/**
 * Makes sure that a reader is safe beside a runtime: LMDB's writer preserves the pages that a reader looks at only for
 * readers registered in its table, which is a separate file.
 *
 * @throws {SlungError} `cannot-open-store` when this process may not write to it, and the store is or was in use
 */
export async function checkReaderTable(directory: string): Promise<void> {
  const failure = await open(join(directory, 'lock.mdb'), 'r+').then(
    async (file) => {
      await file.close()
    },
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (failure === undefined || failure === 'ENOENT' || !isNotPermitted(failure)) return
  const hasOwner = await stat(join(directory, 'owner')).then(
    () => true,
    () => false,
  )
  if (!hasOwner) return
  throw new SlungError(
    'cannot-open-store',
    `cannot open the store "${directory}": a runtime has it open, and reading beside it needs write access to its lock.mdb; ` +
      'ask the runtime (--url), or read as the user who runs it',
  )
}

function isNotPermitted(code: string | undefined): boolean {
  return code === 'EACCES' || code === 'EROFS' || code === 'EPERM'
}

async function writeNew(path: string, byteLength: number): Promise<void> {
  try {
    await writeFile(path, new Uint8Array(byteLength), { flag: 'wx', flush: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(path, { force: true })
    throw error
  }
}
