/** Reads whole files of a bounded size: a device such as /dev/zero has no end, and a process only so much memory. */
import { readFile, stat } from 'node:fs/promises'

/**
 * Reads a file.
 *
 * @throws {Error} of the file system; and one whose message is the end of a sentence that names the file (`describeFileError`), for
 *   what is neither a regular file nor a directory, and for more than `bytesMax` bytes
 */
export async function readRegularFile(path: string, bytesMax: number): Promise<Buffer> {
  const stats = await stat(path)
  // Reading a directory fails with a reason.
  if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is not a regular file')
  if (stats.size > bytesMax) {
    throw new Error(`it has ${inMebibytes(stats.size)}, expected at most ${inMebibytes(bytesMax)}`)
  }
  return await readFile(path)
}

function inMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`
}
