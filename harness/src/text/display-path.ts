/** A path as one would type it in `directory`. */
import { isAbsolute, relative } from 'node:path'

/** Relative paths stay as they are. */
export function displayPath(path: string, directory: string): string {
  return isAbsolute(path) ? relative(directory, path) : path
}
