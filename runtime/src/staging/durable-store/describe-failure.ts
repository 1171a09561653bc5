/** What an error of the file system or of LMDB means to the person who has to fix it. */
import { statfs } from 'node:fs/promises'
import { SlungError } from '../../engine/model/slung-error.ts'
import { DamagedBytes } from './damaged-bytes.ts'
import { StoreLost } from './store-file-guard.ts'

/** With less free space, LMDB's next transaction fails: it writes whole pages, old and new side by side. */
const freeBytesMin = 1024 * 1024

/**
 * Why a transaction failed, and what to do. LMDB reports a full disk as "Input/output error" too, so this asks the
 * disk.
 */
export async function describeWriteFailure(directory: string, error: unknown): Promise<string> {
  if (error instanceof StoreLost) {
    return `${error.message}; nothing more is acknowledged: stop the runtime, and send again what it has not acknowledged`
  }
  const { bavail, bsize } = await statfs(directory).catch(() => ({ bavail: Number.NaN, bsize: 0 }))
  const freeBytes = bavail * bsize
  const remedy = 'what was appended is kept in memory, and the next commit writes it'
  if (freeBytes < freeBytesMin)
    return `the disk is full (${Math.floor(freeBytes / 1024)} KiB free); make room: ${remedy}`
  const { message, code } = error as NodeJS.ErrnoException & { readonly code?: unknown }
  // 5 is EIO, 27 EFBIG, 28 ENOSPC, 122 EDQUOT.
  if (![5, 27, 28, 122].includes(Number(code))) return `${message}; ${remedy}`
  const free = `${Math.floor(freeBytes / 1024 / 1024)} MiB are free`
  return `${message}; ${free}, so a quota or a file size limit may stand in the way, or the disk is failing; ${remedy}`
}

/** Adds the place to a report of damaged bytes. @throws {SlungError} `store-corrupt` */
export function describingDamage<Result>(directory: string, what: string, read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof DamagedBytes) && !(error instanceof StoreLost)) throw error
    throw new SlungError(
      'store-corrupt',
      `cannot read the store "${directory}": ${what} is damaged: ${error.message}; ${remedyFor(directory)}`,
      { cause: error },
    )
  }
}

/** What to do about a damaged store. */
export function remedyFor(directory: string): string {
  return `run "slung store repair ${directory} NEW" to copy what is left into the new directory NEW, or restore data.mdb from a copy`
}

/** Why a store could not be opened. @param access - what it was to be opened for */
export function cannotOpen(directory: string, error: unknown, access: 'write' | 'read'): SlungError {
  if (error instanceof SlungError) return error
  const { code, message } = error as NodeJS.ErrnoException
  const isRefused = notPermittedCodes.includes(String(code))
  const found = isRefused ? notPermitted[access] : (openFailures.get(String(code)) ?? message)
  return new SlungError('cannot-open-store', `cannot open the store "${directory}": ${found}`, { cause: error })
}

const notPermitted = {
  write: 'no permission to write there; grant it, or use another directory',
  read: 'no permission to read it; grant it, or read as another user',
}
const notADirectory = 'it is a file, expected a directory'
// LMDB reports errors by number, Node by name.
const notPermittedCodes = ['EACCES', '13', 'EPERM']
const openFailures = new Map([
  ['ENOENT', 'no directory can be created there'],
  ['EEXIST', notADirectory],
  ['ENOTDIR', notADirectory],
  ['EROFS', 'its file system is read-only; use another directory'],
  ['30', 'its file system is read-only; use another directory'],
  ['EFBIG', 'a file size limit (ulimit -f) stands in the way'],
  ['EDQUOT', 'the disk quota is used up; make room'],
  ['ENOSPC', 'the disk is full; make room'],
  ['28', 'the disk is full; make room'],
  ['5', 'Input/output error; the disk is full or failing, or this process has used up its quota'],
  ['-30796', 'its data.mdb is damaged (MDB_CORRUPTED); restore it from a copy'],
])
