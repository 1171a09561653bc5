/**
 * What must be right before any test runs: specs that parse, workflows that are built and fit the host, fixtures that can
 * be read. All problems of all specs are said together.
 */
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { loadGuest, SlungError } from '@slung/runtime'
import { buildWorkflow } from './build-workflow.ts'
import { readInputs, type InputSource } from '../input/read-input.ts'
import { parseSpec } from '../spec/parse-spec.ts'
import type { SkippedWorkflows, Spec } from '../spec/spec.ts'

/** @throws {SlungError} `cannot-prepare` with one paragraph per problem */
export async function prepareSpecs(files: readonly string[]): Promise<SkippedWorkflows> {
  const problems: string[] = []
  const skipped: Record<string, string> = {}
  const attempt = async <Result>(action: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof SlungError)) throw error
      problems.push(error.message)
      return undefined
    }
  }
  for (const file of files) {
    const spec = await attempt(() => readSpec(file))
    if (spec === undefined) continue
    const present = new Set(spec.workflows)
    for (const build of spec.builds) {
      const reason = await attempt(() => buildWorkflow(file, build))
      if (reason === null) continue
      for (const workflow of build.workflows) {
        present.delete(workflow)
        if (reason !== undefined) skipped[workflow] = reason
      }
    }
    for (const workflow of present) {
      const hint = spec.builds.length === 0 ? '; build it first, or say how with "build:" in the spec' : ''
      await attempt(() => loadWorkflow(workflow, hint))
    }
    for (const source of distinctInputs(spec)) await attempt(() => readInputs([source], null))
  }
  if (problems.length > 0) throw new SlungError('cannot-prepare', [...new Set(problems)].join('\n\n'))
  // Most reporters show a skipped test without its reason.
  for (const reason of new Set(Object.values(skipped))) console.error(`slung-test: tests are skipped: ${reason}`)
  return skipped
}

async function readSpec(file: string): Promise<Spec> {
  const name = relative(process.cwd(), file)
  return parseSpec(await readText(file, name), name)
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new SlungError('unreadable-file', `cannot read spec "${name}": ${String(error)}`, { cause: error })
  }
}

async function loadWorkflow(workflow: string, hintIfMissing: string): Promise<void> {
  try {
    await loadGuest(relative(process.cwd(), workflow))
  } catch (error) {
    if (!(error instanceof SlungError) || error.code !== 'unreadable-file') throw error
    throw new SlungError(error.code, `${error.message}${hintIfMissing}`)
  }
}

function distinctInputs(spec: Spec): InputSource[] {
  const sources = [...spec.input, ...spec.tests.flatMap((test) => test.input ?? [])]
  // The same file may be read in several ways, of which only one is wrong.
  return [
    ...new Map(
      sources.map((source) => [JSON.stringify('csv' in source ? { ...source, line: 0, column: 0 } : source), source]),
    ).values(),
  ]
}
