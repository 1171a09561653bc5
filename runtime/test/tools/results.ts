/**
 * The counts of the test runners. With `SLUNG_TEST_RESULTS=FOLDER` in the environment, each of them leaves a file in
 * that folder, in the format of vitest's JSON reporter; `count-results.ts` adds them up.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The part of a file that is read; vitest writes more. */
export interface RunResults {
  readonly numPassedTests: number
  readonly numFailedTests: number
  /** Also `false` when a test file cannot be read. */
  readonly success: boolean
}

/** Every runner that `npm test` starts: one that leaves no file has died. */
export const runners = ['runtime', 'as-pect', 'sdk-as', 'harness', 'examples', 'docs', 'rust', 'rust-template'] as const

export type Runner = (typeof runners)[number]

/** Where a runner leaves its results; `null` when they are not wanted. */
export function resultsFile(runner: Runner): string | null {
  const folder = process.env['SLUNG_TEST_RESULTS']
  return folder === undefined ? null : join(folder, `${runner}.json`)
}

export interface TestCounts {
  readonly passed: number
  readonly failed: number
  /** Runners that left no results, or unreadable ones. */
  readonly missing: readonly Runner[]
}

/** Adds up what the runners left in a folder. A runner that failed without a failed test, or died, counts as one. */
export function countResults(folder: string): TestCounts {
  const found = new Set(readdirSync(folder))
  const results = new Map(
    runners.map((runner) => [runner, found.has(`${runner}.json`) ? readResults(join(folder, `${runner}.json`)) : null]),
  )
  let passed = 0
  let failed = 0
  for (const result of results.values()) {
    passed += result?.numPassedTests ?? 0
    failed += result === null || (!result.success && result.numFailedTests === 0) ? 1 : result.numFailedTests
  }
  return { passed, failed, missing: runners.filter((runner) => results.get(runner) === null) }
}

function readResults(path: string): RunResults | null {
  try {
    const results = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunResults>
    const { numPassedTests, numFailedTests, success } = results
    if (typeof success !== 'boolean') return null
    return Number.isInteger(numPassedTests) && Number.isInteger(numFailedTests) ? (results as RunResults) : null
  } catch {
    // The runner was killed while it wrote.
    return null
  }
}
