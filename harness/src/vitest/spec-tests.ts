/** Turns a spec into vitest tests; called by the modules that the plugin makes. */
import { basename, dirname, relative, resolve } from 'node:path'
import { inject, test } from 'vitest'
import { unpackSpec } from '../spec-file/read-spec.ts'
import type { SkippedWorkflows, Spec } from '../spec-file/spec.ts'
import { isCI } from '../snapshot/ci.ts'
import { runSpecTest } from './run-spec-test.ts'
import { traceFileOf } from './trace-file-of.ts'

/** What `slung-test` passes to the tests of all specs; structured-cloneable. */
export interface SpecSettings {
  readonly skipped: SkippedWorkflows
  /** Whether every test runs twice. */
  readonly twice: boolean
  /** Whether traces are written. */
  readonly traces: boolean
}

declare module 'vitest' {
  interface ProvidedContext {
    slung: SpecSettings
  }
}

/**
 * Returns a function that defines the tests of a spec by index: one vitest test, or one per workflow where the spec
 * lists several.
 *
 * @param packed - from `packSpec`
 */
export function specTests(packed: string): (index: number) => void {
  const spec = unpackSpec(packed)
  // Absent when vitest was not started by `slung-test`.
  const settings: SpecSettings | undefined = inject('slung')
  const { skipped: skippedWorkflows, twice, traces } = settings ?? { skipped: {}, twice: isCI(), traces: false }
  return (index) => {
    const specTest = spec.tests[index]!
    for (const workflow of spec.workflows) {
      const name = spec.workflows.length === 1 ? specTest.name : `${specTest.name} [${shortName(workflow, spec)}]`
      const skipped = skippedWorkflows[workflow]
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the spec has the assertions and the title
      test(name, { timeout: noLimit }, (context) => {
        if (skipped !== undefined) context.skip(skipped)
        const traceFile = traces
          ? traceFileOf(spec, index, spec.workflows.length === 1 ? '' : shortName(workflow, spec))
          : null
        return runSpecTest(spec, specTest, workflow, { twice, traceFile, expect: context.expect })
      })
    }
  }
}

/**
 * For vitest. Answers of a spec take no real time and the watchdog stops a workflow that spins, so its replay ends; how
 * long it takes depends on the input and on how busy the machine is.
 */
const noLimit = 0

/** The file's name where it tells the workflows apart, its path from the spec otherwise. */
function shortName(workflow: string, { file, workflows }: Spec): string {
  const name = basename(workflow)
  const isUnique = workflows.filter((other) => basename(other) === name).length === 1
  return (isUnique ? name : relative(dirname(resolve(file)), workflow)).replace(/\.wasm$/, '')
}
