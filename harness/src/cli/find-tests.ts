/**
 * Which files `slung-test` runs: those that the arguments name, and the specs and TypeScript tests below named folders.
 */
import { glob, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { SlungError } from '@slung/runtime'
import { specPattern } from '../spec-file/spec.ts'

const patterns = [specPattern, '**/*.test.ts']
const notOurs = ['**/node_modules/**', '**/dist/**', '**/build/**', '**/.*/**']

/**
 * Absolute paths, sorted, without duplicates.
 *
 * @param paths - files and folders; the current folder when empty
 * @throws {SlungError} `no-tests` for a path that does not exist, or when nothing is found
 */
export async function findTests(paths: readonly string[]): Promise<string[]> {
  const found = new Set<string>()
  for (const path of paths.length === 0 ? ['.'] : paths) {
    const absolute = resolve(path)
    if (await isFolder(path, absolute)) {
      for await (const file of glob(patterns, { cwd: absolute, exclude: notOurs })) found.add(resolve(absolute, file))
    } else if (/\.(slung\.yaml|test\.ts)$/.test(absolute)) {
      found.add(absolute)
    } else {
      throw new SlungError(
        'no-tests',
        `cannot run "${path}" as a test: expected a *.slung.yaml, a *.test.ts or a directory; ` +
          'to replay fixtures through a workflow, use "slung-test replay"',
      )
    }
  }
  if (found.size === 0) {
    const where = paths.length === 0 ? 'the current directory' : paths.map((path) => `"${path}"`).join(', ')
    throw new SlungError('no-tests', `cannot find tests in ${where}: there are no *.slung.yaml or *.test.ts files`)
  }
  return [...found].sort()
}

async function isFolder(path: string, absolute: string): Promise<boolean> {
  try {
    return (await stat(absolute)).isDirectory()
  } catch {
    const shown = relative(process.cwd(), absolute)
    throw new SlungError('no-tests', `cannot find tests in "${path}": there is no file or directory ${shown}`)
  }
}
