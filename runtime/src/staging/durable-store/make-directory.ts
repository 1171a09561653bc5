/** `mkdir -p`. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates a directory and its missing parents.
 *
 * Not with `recursive: true`: where the parent exists and yet nothing can be created in it, as in /proc, Node 24
 * retries forever.
 *
 * @throws {NodeJS.ErrnoException} as `mkdir`
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await isDirectory(directory))) return
    if (code !== 'ENOENT' || (await isDirectory(dirname(directory)))) throw error
    await makeDirectory(dirname(directory))
    await mkdir(directory)
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
}
