/**
 * What must hold before any test runs: specs parse, workflows are built and fit the host, fixtures can
 * be read. All problems of all specs are reported together.
 */
import { relative } from 'node:path'
import { SlungError } from '@slung/runtime'
import { buildIfStale } from '../builds/build-workflow.ts'
import { readInputs, type InputSource } from '../input/read-input.ts'
import { buildFeed } from '../replay/feed.ts'
import { loadWorkflow } from '../replay/load-workflow.ts'
import { readSpec } from '../spec-file/read-spec.ts'
import { withProgress } from '../run/progress.ts'
import { arrivalsOf } from '../run/far-time.ts'
import { checkTimes } from '../spec-file/check-times.ts'
import type { SkippedWorkflows, Spec, SpecTest, UnbuiltWorkflows } from '../spec-file/spec.ts'

export interface PreparedSpecs {
  readonly specs: readonly Spec[]
  readonly skipped: SkippedWorkflows
  readonly unbuilt: UnbuiltWorkflows
}

/**
 * A build that fails is a problem of the tests of its workflows alone.
 *
 * @throws {SlungError} `cannot-prepare` with one paragraph per problem
 */
export async function prepareSpecs(files: readonly string[]): Promise<PreparedSpecs> {
  const problems: string[] = []
  const specs: Spec[] = []
  const skipped: Record<string, string> = {}
  const unbuilt: Record<string, string> = {}
  const attempt = async <Result>(action: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      problems.push(error.message)
      return undefined
    }
  }
  // All builds come first: one spec may test what another builds.
  for (const file of files) {
    const spec = await attempt(() => readSpec(file))
    if (spec === undefined) continue
    specs.push(spec)
    for (const build of spec.builds) {
      try {
        const names = build.workflows.map((workflow) => relative(process.cwd(), workflow)).join(', ')
        const reason = await withProgress(
          (seconds) => `building ${names}: ${seconds} s`,
          () => buildIfStale(file, build),
        )
        if (reason !== null) for (const workflow of build.workflows) skipped[workflow] = reason
      } catch (error) {
        if (!(error instanceof SlungError)) throw error
        for (const workflow of build.workflows) unbuilt[workflow] = error.message
      }
    }
  }
  for (const { workflows, builds } of specs) {
    const hint = builds.length === 0 ? '; build it first, or say how with "build:" in the spec' : ''
    for (const workflow of workflows) {
      if (!(workflow in skipped || workflow in unbuilt)) await attempt(() => checkWorkflow(workflow, hint))
    }
  }
  for (const source of distinctInputs(specs)) await attempt(() => readInputs([source], null))
  if (problems.length === 0) for (const spec of specs) await checkDisturbed(spec, attempt)
  if (problems.length > 0) throw new SlungError('cannot-prepare', [...new Set(problems)].join('\n\n'))
  // Most reporters do not show why a test is skipped.
  for (const reason of new Set(Object.values(skipped))) console.error(`slung-test: tests are skipped: ${reason}`)
  return { specs, skipped, unbuilt }
}

async function checkWorkflow(workflow: string, hintIfMissing: string): Promise<void> {
  try {
    await loadWorkflow(relative(process.cwd(), workflow))
  } catch (error) {
    if (!(error instanceof SlungError) || error.code !== 'unreadable-file') throw error
    throw new SlungError(error.code, `${error.message}${hintIfMissing}`)
  }
}

/** Whether faults have rows to act on, and times are near the input and in order: both depend on the rows. */
async function checkDisturbed(
  spec: Spec,
  attempt: (action: () => Promise<unknown>) => Promise<unknown>,
): Promise<void> {
  for (const test of spec.tests) {
    const { name, input, faults, passage, line, column } = test
    if (faults.length === 0 && !hasTimes(test)) continue
    await attempt(async () => {
      const fixtures = await readInputs(input ?? spec.input, passage.start)
      try {
        buildFeed(fixtures, { faults, passage })
        checkTimes(test, arrivalsOf(fixtures))
      } catch (error) {
        if (!(error instanceof SlungError)) throw error
        throw new SlungError(error.code, `${spec.file}:${line}:${column}: test "${name}": ${error.message}`)
      }
    })
  }
}

function hasTimes({ passage, expectations, checks }: SpecTest): boolean {
  if (passage.start !== null || passage.until !== null || checks.some(({ at }) => 'at' in at)) return true
  return expectations?.some(({ writeback }) => typeof writeback.at === 'number') === true
}

/** A file may be read in several ways, of which only one is wrong; hundreds of specs may read it in one way. */
function distinctInputs(specs: readonly Spec[]): InputSource[] {
  const sources = specs.flatMap((spec) => [...spec.input, ...spec.tests.flatMap((test) => test.input ?? [])])
  const keyOf = (source: InputSource): string =>
    JSON.stringify('csv' in source ? { ...source, line: 0, column: 0 } : source)
  return [...new Map(sources.map((source) => [keyOf(source), source])).values()]
}
