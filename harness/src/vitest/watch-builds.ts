/**
 * Builds while `slung-test --watch` watches: when a source of a workflow changes, the `build:` commands of the specs in
 * whose folders it is run again. Vitest sees the `.wasm` that they write, and runs its tests.
 */
import { dirname, resolve } from 'node:path'
import type { Plugin } from 'vitest/config'
import type { TestProject, Vitest } from 'vitest/node'
import type { SkippedWorkflows } from '../spec-file/spec.ts'
import { isBelow } from '../builds/build-workflow.ts'
import { Rebuilds } from '../builds/rebuilds.ts'

/** Editors write in several steps, and several files together. */
const quietMillis = 50

/**
 * While a build fails, tests that run again still have the previous workflow; each time, the build's error is repeated.
 * Does nothing unless vitest watches.
 *
 * @param skipped - workflows that cannot be built on this machine
 */
export function buildWatcher(skipped: SkippedWorkflows = {}): Plugin {
  return {
    name: 'slung-builds',
    configureVitest({ vitest, project }) {
      if (!vitest.config.watch) return
      const { watcher } = vitest.vite
      const started = watch(project, skipped, watcher)
      vitest.onTestsRerun(async () => {
        for (const problem of (await started).problems()) {
          console.error(`slung-test: these tests run the previous workflow: ${problem}`)
        }
      })
    },
  }
}

async function watch(
  project: TestProject,
  skipped: SkippedWorkflows,
  watcher: Vitest['vite']['watcher'],
): Promise<Rebuilds> {
  const { testFiles } = await project.globTestFiles()
  const specs = testFiles.filter((file) => file.endsWith('.slung.yaml'))
  const tests = testFiles.filter((file) => !specs.includes(file))
  const rebuilds = new Rebuilds(specs, skipped)
  // No import leads from a workflow to the TypeScript tests that replay it.
  const rerunBelow = (folder: string): void => {
    for (const test of tests) if (isBelow(folder, test)) watcher.emit('change', test)
  }
  let timer: NodeJS.Timeout | undefined
  // A spec may be outside the folder that vitest watches.
  watcher.add(specs.map((file) => dirname(file)))
  watcher.on('all', (event, path) => {
    if (event === 'addDir' || event === 'unlinkDir') return
    rebuilds.touch(resolve(path))
    clearTimeout(timer)
    timer = setTimeout(() => void rebuilds.settle(rerunBelow), quietMillis)
  })
  return rebuilds
}
