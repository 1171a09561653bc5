/** What the runs of vitest in all workspaces have in common. */
import { join } from 'node:path'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { cacheFolder } from './cache-folder.ts'
import { resultsFile, type Runner } from './results.ts'

// Every process and thread that a test starts compiles the same modules, and strips the same types. Node keeps them instead.
process.env['NODE_COMPILE_CACHE'] ??= join(cacheFolder, 'node')

/** It ends what waits for ever. How long a test takes on a busy machine says nothing about the code, so no test has its own. */
const timeoutMillis = 600_000

/** Settings of a whole run: what it counts is left for `.ci/run` when that asks for it. */
export function runOf(runner: Runner): NonNullable<ViteUserConfig['test']> {
  const outputFile = resultsFile(runner)
  return {
    testTimeout: timeoutMillis,
    hookTimeout: timeoutMillis,
    ...(outputFile !== null && { reporters: ['default', ['json', { outputFile }]] }),
  }
}

/** The tests that stand beside the sources of a workspace. They leave nothing behind in their process, so it serves them all. */
export function unitTestsOf(workspace: string): TestProjectInlineConfiguration {
  const root = join(import.meta.dirname, '../../..', workspace)
  return { extends: true, root, test: { name: workspace, include: ['src/**/*.test.ts'], isolate: false } }
}
