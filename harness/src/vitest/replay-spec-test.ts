/** Replays what a test of a spec describes, and settles what it expects once that is known. */
import { relative } from 'node:path'
import type { GuestModule, Micros } from '@slung/runtime'
import { expectExactly } from '../compare/expect-exactly.ts'
import { withAbsoluteTime } from '../compare/expected-writeback.ts'
import { recordCoverage } from '../coverage/record-coverage.ts'
import { readInputs } from '../input/read-input.ts'
import { answerHandlers } from '../replay/answer-handlers.ts'
import { withGuestThread } from '../replay/guest-threads.ts'
import { loadWorkflow } from '../replay/load-workflow.ts'
import { openHttpDoor } from '../replay/msw-door.ts'
import { stateOfTexts } from '../run/state-values.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { runReplay, type ReplayJob } from '../replay/run-replay.ts'
import { answersFor } from '../spec-file/answers.ts'
import { checkTimes } from '../spec-file/check-times.ts'
import type { Spec, SpecTest } from '../spec-file/spec.ts'
import { arrivalsOf } from '../run/far-time.ts'
import { resolveTime } from '../run/time-or-offset.ts'

/** What a test runs with. */
export interface SpecCase {
  readonly spec: Spec
  readonly test: SpecTest
  readonly guest: GuestModule
}

/** @param workflow - path of one of the spec's workflows */
export async function loadCase(spec: Spec, test: SpecTest, workflow: string): Promise<SpecCase> {
  return { spec, test, guest: await loadWorkflow(relative(process.cwd(), workflow)) }
}

/** Every replay of a case runs the same way. */
export async function replayCase(
  { spec, test, guest }: SpecCase,
  watch: Pick<ReplayJob, 'onTrace' | 'watchMemory'> = {},
): Promise<ReplayRun> {
  const { environment, headers, state, passage, faults, checks, limits } = test
  const fixtures = await readInputs(test.input ?? spec.input, passage.start)
  checkTimes(test, arrivalsOf(fixtures))
  const run = await withGuestThread((thread) =>
    runReplay(thread, {
      guest,
      fixtures,
      faults,
      http: openHttpDoor(answerHandlers(answersFor(spec, test))),
      environment,
      headers,
      state: stateOfTexts(state.before),
      passage,
      checks: ({ start }) => checks.map(({ at, query }) => ({ at: resolveTime(at, start), query })),
      watchCallbacks: limits.callbackP99Millis !== null,
      ...watch,
    }),
  )
  recordCoverage(guest, run, { spec, test })
  return run
}

/** The test with what the test named by `same_as` did, or with times resolved from when the run started. */
export async function settleExpectations({ spec, test, guest }: SpecCase, start: Micros): Promise<SpecTest> {
  if (test.sameAs !== null) {
    const { name, line, column } = test.sameAs
    const other = spec.tests.find((candidate) => candidate.name === name)!
    const { writebacks, producers } = await replayCase({ spec, test: other, guest })
    return {
      ...test,
      expectations: writebacks.map((came) => ({ writeback: expectExactly(came, producers), line, column })),
    }
  }
  if (test.expectations === null) return test
  const expectations = test.expectations.map((expectation) => {
    return { ...expectation, writeback: withAbsoluteTime(expectation.writeback, start) }
  })
  return { ...test, expectations }
}
