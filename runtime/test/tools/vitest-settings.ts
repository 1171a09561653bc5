/** Settings that the vitest runs of all workspaces share. */
import { join } from 'node:path'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { cacheFolder } from './cache-folder.ts'
import { resultsFile, type Runner } from './results.ts'

// Every process and thread that a test starts compiles the same modules and strips the same types. This way Node keeps
// them.
process.env['NODE_COMPILE_CACHE'] ??= join(cacheFolder, 'node')

/**
 * Ends tests that wait forever. A test's time on a busy machine says nothing about the code, so no test has its own
 * limit.
 */
const timeoutMillis = 600_000

/** Settings of a whole run: its counts are left for `.ci/run` on request. */
export function runOf(runner: Runner): NonNullable<ViteUserConfig['test']> {
  const outputFile = resultsFile(runner)
  return {
    testTimeout: timeoutMillis,
    hookTimeout: timeoutMillis,
    ...(outputFile !== null && { reporters: ['default', ['json', { outputFile }]] }),
  }
}

/**
 * The tests beside the sources of a workspace. They leave nothing behind in their process, so one process serves them
 * all.
 */
export function unitTestsOf(workspace: string): TestProjectInlineConfiguration {
  const root = join(import.meta.dirname, '../../..', workspace)
  return { extends: true, root, test: { name: workspace, include: ['src/**/*.test.ts'], isolate: false } }
}
