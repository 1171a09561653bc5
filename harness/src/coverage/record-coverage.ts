/** Adds up what the runs of this process counted and used, and leaves it for the command that started the process. */
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { GuestModule } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import { answersFor, answersRequest, type AnswerRule } from '../spec-file/answers.ts'
import type { Spec, SpecTest } from '../spec-file/spec.ts'
import { coverageFolder, writeGuestFile, writeRunsFile } from '../probes/coverage-files.ts'
import { countHits, coverageOf } from '../probes/covered-guests.ts'
import { addRuns, noRuns, type AnswerUse, type QueryUse, type Runs } from '../probes/runs.ts'

/** What a run says about coverage; the counts are missing when the guest got stuck or did not start. */
export type CoveredRun = Pick<ReplayRun, 'queries' | 'writebacks'> & { readonly coverage: Uint32Array | undefined }

/** The test of a spec that a run is of. */
export interface CoveredTest {
  readonly spec: Spec
  readonly test: SpecTest
}

// For this module, which a process may load several times.
const processName = randomUUID()
const writtenGuests = new Set<string>()
let runs = noRuns

/**
 * Records a run while coverage is measured; does nothing otherwise.
 *
 * @param guest - from `loadWorkflow`
 * @param test - missing for a run of `replay()`
 */
export function recordCoverage(guest: GuestModule, run: CoveredRun, test?: CoveredTest): void {
  const folder = coverageFolder()
  if (folder === undefined) return
  const workflow = resolve(guest.file)
  const queries = run.queries.map(({ query, matched }): QueryUse => ({ workflow, query, used: matched }))
  const answers = test === undefined ? [] : answerUses(test, run)
  runs = addRuns(runs, {
    ...hitsOf(folder, guest, run),
    queries: Object.fromEntries(queries.map((use) => [JSON.stringify([use.workflow, use.query]), use])),
    answers: Object.fromEntries(answers.map((use) => [JSON.stringify([use.spec, use.line, use.request]), use])),
  })
  writeRunsFile(folder, processName, runs)
}

function hitsOf(folder: string, guest: GuestModule, { coverage: counts }: CoveredRun): Runs {
  const coverage = coverageOf(guest)
  if (coverage === undefined) return noRuns
  if ('withoutProbes' in coverage) {
    return { ...noRuns, withoutProbes: { [resolve(guest.file)]: coverage.withoutProbes } }
  }
  const { key, file, targets } = coverage
  if (!writtenGuests.has(key)) writeGuestFile(folder, key, file)
  writtenGuests.add(key)
  const hits = { [key]: countHits(coverage, counts ?? new Uint32Array(targets.length)) }
  return { ...noRuns, hits, lostCount: counts === undefined ? 1 : 0 }
}

/** The answers that a spec has for one of its tests: its own and the test's. One that the test replaces is not used. */
export function answerUses({ spec, test }: CoveredTest, run: Pick<ReplayRun, 'writebacks'>): AnswerUse[] {
  const inForce = answersFor(spec, test)
  const isUsed = (rule: AnswerRule): boolean =>
    inForce.includes(rule) && run.writebacks.some((entry) => entry.kind === 'http' && answersRequest(rule, entry))
  return [...spec.http, ...test.http].map((rule) => ({
    spec: resolve(spec.file),
    line: rule.line,
    request: `${rule.method} ${rule.url}`,
    used: isUsed(rule),
  }))
}
