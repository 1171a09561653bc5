/**
 * Walks a folder by names. Patterns would not do: they have a meaning for characters that the folders above may have in
 * their names, such as `job@2` or `{a,b}`.
 */
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Absolute paths of all files in a folder and below, links to files included, in no particular order. Folders that
 * cannot be read have none.
 *
 * @param folder - an absolute path
 * @param isSkipped - by name, of a file or folder
 */
export async function* filesBelow(folder: string, isSkipped: (name: string) => boolean): AsyncGenerator<string> {
  for (const entry of await entriesOf(folder)) {
    if (isSkipped(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* filesBelow(path, isSkipped)
    else if (entry.isFile() || entry.isSymbolicLink()) yield path
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch {
    return []
  }
}
