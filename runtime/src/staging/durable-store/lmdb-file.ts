/**
 * LMDB's files before LMDB itself opens them. LMDB maps them into memory and trusts them: a file that is not
 * its own, or that was cut off, crashes the whole program instead of failing. Nothing here changes a database.
 */
import { mkdir, open, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { remedyFor } from './describe-failure.ts'
import { readMeta, type LmdbMeta } from './lmdb-meta.ts'
import { checkPages } from './lmdb-pages.ts'
import { openEnvironment } from './store-files.ts'

/** @throws {SlungError} `cannot-open-store` unless there is a `data.mdb` */
export async function assertStore(directory: string): Promise<void> {
  const failure = await stat(join(directory, 'data.mdb')).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error,
  )
  if (failure === undefined) return
  if (failure.code !== 'ENOENT') throw failure
  throw new SlungError(
    'cannot-open-store',
    `cannot open the store "${directory}": there is no data.mdb; "slung run --data ${directory}" creates one`,
  )
}

/**
 * Accepts what LMDB can open: a missing file, or a whole database of its own. Another process may be writing to it.
 *
 * @throws {SlungError} `store-format`, `store-corrupt`; @throws what opening the file throws
 */
export async function checkLmdbFile(directory: string, access: 'write' | 'read'): Promise<void> {
  const path = join(directory, 'data.mdb')
  const entry = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (entry === undefined) return
  if (!entry.isFile()) {
    throw new SlungError(
      'store-format',
      `cannot open the store "${directory}": its data.mdb is ${entry.isDirectory() ? 'a directory' : 'a device or a pipe'}, ` +
        'expected a file; restore it from a copy, or use another directory',
    )
  }
  const file = await open(path, access === 'write' ? 'r+' : 'r')
  try {
    await checkDatabase(directory, file)
  } finally {
    await file.close()
  }
}

async function checkDatabase(directory: string, file: FileHandle): Promise<void> {
  if ((await file.stat()).size === 0) {
    throw new SlungError(
      'store-corrupt',
      `cannot open the store "${directory}": its data.mdb is empty; restore it from a copy, or delete it to start a new store`,
    )
  }
  const meta = readStableMeta(file.fd)
  if (meta === undefined) {
    throw new SlungError(
      'store-format',
      `cannot open the store "${directory}": its data.mdb is not an LMDB database as Slung writes it, or its beginning was ` +
        'overwritten; restore it from a copy, or use another directory',
    )
  }
  try {
    checkPages(file.fd, meta)
  } catch (error) {
    if (!(error instanceof DamagedBytes)) throw error
    // A runtime that goes on writing reuses pages of older transactions, and its own are whole.
    if (readStableMeta(file.fd)?.transaction !== meta.transaction) return
    throw new SlungError(
      'store-corrupt',
      `cannot open the store "${directory}": its data.mdb is damaged: ${error.message}; ${remedyFor(directory)}`,
      { cause: error },
    )
  }
}

/** Another process may be writing just now; what it leaves behind is whole. */
function readStableMeta(fd: number): LmdbMeta | undefined {
  for (let attempt = 0; attempt < metaAttempts; attempt++) {
    const meta = readMeta(fd)
    if (meta !== undefined) return meta
  }
  return undefined
}

/** Many more than the writes of a commit to these pages can disturb. */
const metaAttempts = 100

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
  if (access === 'write' && !(await exists(join(directory, 'data.mdb')))) {
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
 * Creates the database where it is missing, as a whole or not at all: a program that is killed meanwhile leaves no file
 * that looks like one that was cut off.
 *
 * @throws what LMDB throws
 */
export async function createLmdbFile(directory: string): Promise<void> {
  const path = join(directory, 'data.mdb')
  if (await exists(path)) return
  const draft = join(directory, 'new')
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft)
  try {
    await openEnvironment(draft, 'write').close()
    const file = await open(join(draft, 'data.mdb'), 'r+')
    await file.sync()
    await file.close()
    await rename(join(draft, 'data.mdb'), path)
  } finally {
    await rm(draft, { recursive: true, force: true })
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
  if (!(await exists(join(directory, 'owner')))) return
  throw new SlungError(
    'cannot-open-store',
    `cannot open the store "${directory}": a runtime has it open, and reading beside it needs write access to its lock.mdb; ` +
      'ask the runtime (--url), or read as the user who runs it',
  )
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
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
