/**
 * Finds the files that a source map names. They should be relative to its `sourceRoot`, but AssemblyScript names them
 * relative to the folder that it was started in, which is somewhere above the module.
 */
import { readFileSync, statSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MappedSource } from './source-positions.ts'

/** A line of a file. */
export interface SourcePlace {
  /** Absolute path. */
  readonly file: string
  /** From 1. */
  readonly line: number
}

/**
 * The absolute path of a source: of the file that exists, or where the map says it is. Of several, the one whose text
 * is that of the map.
 *
 * @param folder - of the module and its map
 */
export function findSource(source: MappedSource, sourceRoot: string, folder: string): string {
  const stated = toPath(folder, sourceRoot, source.name)
  const candidates = [stated, ...foldersUp(folder).map((above) => resolve(above, source.name))]
  const present = [...new Set(candidates)].filter(isFile)
  if (present.length < 2) return present[0] ?? stated
  return present.find((candidate) => readFileSync(candidate, 'utf8') === source.content) ?? present[0]!
}

/** A map may name anything, such as a device without an end. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function toPath(folder: string, sourceRoot: string, name: string): string {
  if (name.startsWith('file:')) return fileURLToPath(name)
  if (isAbsolute(name)) return name
  const root = sourceRoot.startsWith('file:') ? fileURLToPath(sourceRoot) : sourceRoot
  return resolve(folder, join(root, name))
}

/** The folder and all its parents. */
function foldersUp(folder: string): string[] {
  const above = dirname(folder)
  return above === folder ? [folder] : [folder, ...foldersUp(above)]
}
