/**
 * Which files `slung-test` runs: those that the arguments name, and the specs and TypeScript tests below named folders.
 */
import { stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { SlungError } from '@slung/runtime'
import { filesBelow } from '../builds/files-below.ts'

const testName = /\.(slung\.yaml|test\.ts)$/
const notOurs = /^(node_modules|dist|build|\..*)$/

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
      for await (const file of filesBelow(absolute, (name) => notOurs.test(name))) {
        if (testName.test(file)) found.add(file)
      }
    } else if (testName.test(absolute)) {
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
  const files = [...found].sort()
  const unloadable = files.find((file) => !file.endsWith('.slung.yaml') && /[?#]/.test(file))
  if (unloadable !== undefined) {
    throw new SlungError(
      'no-tests',
      `cannot run "${unloadable}": vitest loads no TypeScript from a path with "?" or "#" in it; ` +
        'rename that folder or file, or run only specs',
    )
  }
  return files
}

async function isFolder(path: string, absolute: string): Promise<boolean> {
  try {
    return (await stat(absolute)).isDirectory()
  } catch {
    const shown = relative(process.cwd(), absolute)
    throw new SlungError('no-tests', `cannot find tests in "${path}": there is no file or directory ${shown}`)
  }
}
