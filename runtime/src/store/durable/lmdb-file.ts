/**
 * A look at LMDB's file before LMDB itself opens it. LMDB maps the file into memory and trusts it: one that is none of its own, or
 * that was cut off, ends the whole program instead of failing. Its two first pages say what it is and how long.
 */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { SlungError } from '../../model/slung-error.ts'

/** Each of the two first pages: 24 bytes of page header, then this. */
const metaStart = 24
const magic = 0xbeef_c0de
const lmdbVersion = 2
const pageSizeAt = metaStart + 24
const lastPageAt = metaStart + 120
const transactionAt = metaStart + 128
const metaBytes = transactionAt + 8
/** More than LMDB leaves unwritten at the end. */
const unwrittenBytesMax = 1024 * 1024

/**
 * Lets pass what LMDB can open: nothing yet, an empty file, or a file of its own.
 *
 * @param access - with `write`, a file that is shorter than it says is made as long: LMDB leaves pages at its end unwritten
 *   that hold nothing, and reading beyond the end would be fatal
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
    // A reader must not touch the size: a runtime may be changing it this moment.
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
