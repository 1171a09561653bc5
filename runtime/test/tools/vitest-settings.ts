/** What the runs of vitest in all workspaces have in common. */
import { join } from 'node:path'
import type { TestProjectInlineConfiguration, ViteUserConfig } from 'vitest/config'
import { cacheFolder } from './cache-folder.ts'
import { resultsFile, type Runner } from './results.ts'

// Every process and thread that a test starts compiles the same modules, and strips the same types. Node keeps them instead.
process.env['NODE_COMPILE_CACHE'] ??= join(cacheFolder, 'node')

/** Settings of a whole run: what it counts is left for `.ci/run` when that asks for it. */
export function runOf(runner: Runner): NonNullable<ViteUserConfig['test']> {
  const outputFile = resultsFile(runner)
  return outputFile === null ? {} : { reporters: ['default', ['json', { outputFile }]] }
}

/** The tests that stand beside the sources of a workspace. They leave nothing behind in their process, so it serves them all. */
export function unitTestsOf(workspace: string): TestProjectInlineConfiguration {
  const root = join(import.meta.dirname, '../../..', workspace)
  return { extends: true, root, test: { name: workspace, include: ['src/**/*.test.ts'], isolate: false } }
}
