/**
 * Builds while `slung-test --watch` watches: when a source of a workflow changes, the `build:` commands of the specs in
 * whose folders it is run again. Vitest sees the `.wasm` that they write, and runs its tests.
 */
import { dirname, resolve } from 'node:path'
import type { Plugin } from 'vitest/config'
import type { SkippedWorkflows } from '../spec-file/spec.ts'
import { isBelow } from './build-workflow.ts'
import { Rebuilds } from './rebuilds.ts'

/** Editors write in several steps, and several files together. */
const quietMillis = 50

/**
 * While a build fails, tests that run again still have the previous workflow; each time, the build's error is repeated.
 *
 * @param files - absolute paths of all specs and TypeScript tests
 * @param skipped - workflows that cannot be built on this machine
 */
export function buildWatcher(files: readonly string[], skipped: SkippedWorkflows): Plugin {
  const specs = files.filter((file) => file.endsWith('.slung.yaml'))
  const tests = files.filter((file) => !specs.includes(file))
  return {
    name: 'slung-builds',
    configureVitest({ vitest }) {
      const { watcher } = vitest.vite
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
      vitest.onTestsRerun(() => {
        for (const problem of rebuilds.problems()) {
          console.error(`slung-test: these tests run the previous workflow: ${problem}`)
        }
      })
    },
  }
}
