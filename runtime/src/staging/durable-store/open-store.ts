/**
 * Opens the files of a store: to write, which only one process at a time may, or to read beside it. A failure on the
 * way undoes everything and is reported as one kind of error.
 */
import { randomUUID } from 'node:crypto'
import { cannotOpen } from './describe-failure.ts'
import { DirectoryLock } from './directory-lock.ts'
import { assertStore, checkLmdbFile, checkReaderTable, createLmdbFile, reserveRoom } from './lmdb-file.ts'
import { makeDirectory } from './make-directory.ts'
import { beginSession, checkFormat, openEnvironment, openTables, type StoreFiles } from './store-files.ts'

/** The exclusive right to write, until it is closed. */
export interface Ownership {
  readonly lock: DirectoryLock
  readonly session: string
}

/**
 * Creates the store where it is missing.
 *
 * @param load - makes the store from its files; if it throws, they are closed again
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
      await createLmdbFile(directory)
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
    throw cannotOpen(directory, error, 'write')
  }
}

/**
 * @param load - makes the store from its files; if it throws, they are closed again
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
    throw cannotOpen(directory, error, 'read')
  }
}
