/** What the module of a spec (`spec-module.ts`) calls to run its tests. */
import { isCI } from '@slung/runtime'
import { inject, test, type TestContext } from 'vitest'
import { unpackSpec } from '../spec-file/read-spec.ts'
import type { SkippedWorkflows, UnbuiltWorkflows } from '../spec-file/spec.ts'
import { runSpecTest, SpecFailure } from './run-spec-test.ts'
import { workflowName } from './spec-module.ts'
import { traceFileOf } from './trace-file-of.ts'

/** What `slung-test` and the plugin pass to the tests of all specs; structured-cloneable. */
export interface SpecSettings {
  readonly skipped: SkippedWorkflows
  readonly unbuilt: UnbuiltWorkflows
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

interface SpecTests {
  readonly test: typeof test
  /** What a test of the spec does with one of its workflows, both by their positions. */
  readonly body: (index: number, workflow: number) => (context: TestContext) => Promise<void>
}

/** @param packed - from `packSpec` */
export function specTests(packed: string): SpecTests {
  const spec = unpackSpec(packed)
  // Absent when only `specLoader` is among vitest's plugins.
  const settings: SpecSettings | undefined = inject('slung')
  const { skipped, unbuilt, twice, traces } = settings ?? { skipped: {}, unbuilt: {}, twice: isCI(), traces: false }
  const body: SpecTests['body'] = (index, position) => async (context) => {
    const workflow = spec.workflows[position]!
    const [reason, problem] = [skipped[workflow], unbuilt[workflow]]
    if (reason !== undefined) context.skip(reason)
    if (problem !== undefined) throw new SpecFailure(problem, spec.file, spec.tests[index]!)
    const name = spec.workflows.length === 1 ? '' : workflowName(workflow, spec)
    const traceFile = traces ? traceFileOf(spec, index, name) : null
    const { expect, annotate } = context
    const options = { twice, traceFile, expect, annotate: (note: string) => annotate(note) }
    await runSpecTest(spec, spec.tests[index]!, workflow, options)
  }
  return { test, body }
}
