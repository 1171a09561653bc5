/**
 * What the runs of vitest in all workspaces have in common.
 *
 * With `SLUNG_TEST_RESULTS=FOLDER` in the environment each run also writes what it counted into that folder, for `.ci/count.ts`.
 */
import { join } from 'node:path'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { cacheFolder } from './cache-folder.ts'

// Every process and thread that a test starts compiles the same modules, and strips the same types. Node keeps them instead.
process.env['NODE_COMPILE_CACHE'] ??= join(cacheFolder, 'node')

const results = process.env['SLUNG_TEST_RESULTS']

/** Settings of a whole run; its results are called `name`. */
export function runOf(name: string): NonNullable<ViteUserConfig['test']> {
  if (results === undefined) return {}
  return { reporters: ['default', ['json', { outputFile: join(results, `${name}.json`) }]] }
}

/** The tests that stand beside the sources of a workspace. They leave nothing behind in their process, so it serves them all. */
export function unitTestsOf(workspace: string): TestProjectInlineConfiguration {
  const root = join(import.meta.dirname, '../../..', workspace)
  return { extends: true, root, test: { name: workspace, include: ['src/**/*.test.ts'], isolate: false } }
}
