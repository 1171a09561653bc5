/** Turns a spec into vitest tests; called by the modules that the plugin makes. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'vitest'
import { parseSpec } from '../spec/parse-spec.ts'
import { runSpecTest } from './run-spec-test.ts'

/**
 * Reads a spec and returns a function that defines its tests by index: one vitest test, or one per workflow where the spec
 * lists several.
 *
 * @throws {SpecError} with everything that is wrong with the spec
 */
export function specTests(file: string): (index: number) => void {
  const spec = parseSpec(readFileSync(file, 'utf8'), file)
  return (index) => {
    const specTest = spec.tests[index]!
    for (const workflow of spec.workflows) {
      const name = spec.workflows.length === 1 ? specTest.name : `${specTest.name} [${basename(workflow, '.wasm')}]`
      // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title -- the spec has the assertions and the title
      test(name, () => runSpecTest(spec, specTest, workflow))
    }
  }
}
