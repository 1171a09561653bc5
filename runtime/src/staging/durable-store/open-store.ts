/**
 * Opens the files of a store: to write, which one process at a time may, or to read beside it. Whatever goes wrong on the way is
 * undone, and reported as one kind of error.
 */
import { randomUUID } from 'node:crypto'
import { cannotOpen } from './describe-failure.ts'
import { DirectoryLock } from './directory-lock.ts'
import { assertStore, checkLmdbFile, checkReaderTable, reserveRoom } from './lmdb-file.ts'
import { makeDirectory } from './make-directory.ts'
import { beginSession, checkFormat, openEnvironment, openTables, type StoreFiles } from './store-files.ts'

/** Who may write: nobody else, until it is closed. */
export interface Ownership {
  readonly lock: DirectoryLock
  readonly session: string
}

/**
 * Makes the store where there is none.
 *
 * @param load - makes the store of its files; what it throws closes them again
 * @throws {SlungError} `cannot-open-store`, `store-in-use`, `store-format`, `store-corrupt`
 */
export async function openToWrite<Store>(
  directory: string,
  load: (files: StoreFiles, ownership: Ownership) => Store,
): Promise<Store> {
  try {
    await makeDirectory(directory)
    const lock = await DirectoryLock.acquire(directory)
    try {
      await checkLmdbFile(directory, 'write')
      await reserveRoom(directory, 'write')
      const environment = openEnvironment(directory, 'write')
      try {
        checkFormat(environment, directory, 'write')
        const session = randomUUID()
        return load(beginSession(environment, session), { lock, session })
      } catch (error) {
        await environment.close()
        throw error
      }
    } catch (error) {
      await lock.release()
      throw error
    }
  } catch (error) {
    throw cannotOpen(directory, error)
  }
}

/**
 * @param load - makes the store of its files; what it throws closes them again
 * @throws {SlungError} `cannot-open-store`, `store-format`, `store-corrupt`
 */
export async function openToRead<Store>(directory: string, load: (files: StoreFiles) => Store): Promise<Store> {
  try {
    await assertStore(directory)
    await checkReaderTable(directory)
    await checkLmdbFile(directory, 'read')
    await reserveRoom(directory, 'read')
    const environment = openEnvironment(directory, 'read')
    try {
      checkFormat(environment, directory, 'read')
      return load(openTables(environment))
    } catch (error) {
      await environment.close()
      throw error
    }
  } catch (error) {
    throw cannotOpen(directory, error)
  }
}
