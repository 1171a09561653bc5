/** What all runs of all processes together have covered. */
import type { CoverageFiles, GuestFile } from '../probes/coverage-files.ts'
import { addRuns, noRuns, type AnswerUse, type Hits, type QueryUse } from '../probes/runs.ts'
import type { SourcePlace } from '../probes/source-files.ts'

/** Lists are in the order of their paths, which are absolute. */
export interface Coverage {
  readonly guests: readonly GuestCoverage[]
  /** Workflows that ran without probes, and why. */
  readonly withoutProbes: readonly { readonly workflow: string; readonly reason: string }[]
  /** Runs that got stuck or did not start: what they covered is unknown. */
  readonly lostCount: number
  /** Live queries that no sample of any run matched. */
  readonly unmatchedQueries: readonly QueryUse[]
  /** Answers of specs that no run of the spec asked for. */
  readonly unusedAnswers: readonly AnswerUse[]
}

/** One build of a workflow. */
export interface GuestCoverage {
  readonly workflow: string
  readonly functions: readonly FunctionCoverage[]
  /** `null` without a source map. */
  readonly lines: readonly LineCoverage[] | null
  readonly branches: readonly BranchCoverage[]
}

export interface FunctionCoverage {
  readonly name: string
  readonly place: SourcePlace | null
  readonly hits: number
}

export interface LineCoverage extends SourcePlace {
  readonly hits: number
}

/** A place where the code goes one of two ways: how often it went each. */
export interface BranchCoverage extends SourcePlace {
  readonly ways: readonly [number, number]
}

export function mergeCoverage({ guests, runs }: CoverageFiles): Coverage {
  // oxlint-disable-next-line unicorn/no-array-reduce -- runs are summed
  const { hits, withoutProbes, lostCount, queries, answers } = runs.reduce(addRuns, noRuns)
  return {
    guests: Object.entries(hits)
      .map(([key, found]) => coverGuest(guests.get(key)!, found))
      .sort(byWorkflow),
    withoutProbes: Object.entries(withoutProbes)
      .map(([workflow, reason]) => ({ workflow, reason }))
      .sort(byWorkflow),
    lostCount,
    unmatchedQueries: Object.values(queries)
      .filter(({ used }) => !used)
      .sort((one, other) => byWorkflow(one, other) || compare(one.query, other.query)),
    unusedAnswers: Object.values(answers)
      .filter(({ used }) => !used)
      .sort((one, other) => compare(one.spec, other.spec) || one.line - other.line),
  }
}

function coverGuest({ workflow, functions, lines, branches }: GuestFile, hits: Hits): GuestCoverage {
  return {
    workflow,
    functions: functions.map((entry, index) => ({ ...entry, hits: hits.functions[index]! })),
    lines: lines?.map((place, index) => ({ ...place, hits: hits.lines[index]! })) ?? null,
    branches: branches.map((place, index) => ({
      ...place,
      ways: [hits.branches[2 * index]!, hits.branches[2 * index + 1]!],
    })),
  }
}

function byWorkflow(one: { readonly workflow: string }, other: { readonly workflow: string }): number {
  return compare(one.workflow, other.workflow)
}

/** Not by locale: the same order everywhere. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
