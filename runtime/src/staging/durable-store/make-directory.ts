/** `mkdir -p`. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a directory and those above it that are missing.
 *
 * Not with `recursive: true`: where the directory above is there and yet nothing can be made in it, as in /proc, Node 24
 * tries again for ever.
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
