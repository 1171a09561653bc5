/** A path as somebody in `directory` would type it. */
import { isAbsolute, relative } from 'node:path'

/** Paths that are relative already stay as they are. */
export function displayPath(path: string, directory: string): string {
  return isAbsolute(path) ? relative(directory, path) : path
}
