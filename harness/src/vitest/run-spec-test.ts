/** Runs one test of a spec against one workflow, and fails with the whole story. */
import { relative } from 'node:path'
import { loadGuest } from '@slung/runtime'
import { answerHandlers } from '../replay/answer-handlers.ts'
import { withGuestThread } from '../replay/guest-threads.ts'
import { openHttpDoor } from '../replay/msw-door.ts'
import { readFixture } from '../replay/read-fixture.ts'
import type { ReplayRun } from '../replay/replay-run.ts'
import { runReplay, seedDefault, watchdogMillisDefault } from '../replay/run-replay.ts'
import { describeFailure } from '../report/describe-failure.ts'
import { describeNotes } from '../report/describe-notes.ts'
import { answersFor } from '../spec/answers.ts'
import { judgeRun, type Verdict } from '../spec/judge-run.ts'
import type { Position, Spec, SpecTest } from '../spec/spec.ts'

/** @throws {SpecFailure} when the run is not what the test asks for */
export async function runSpecTest(spec: Spec, test: SpecTest, workflow: string): Promise<void> {
  const run = await replaySpecTest(spec, test, workflow)
  const verdict = judgeRun(test, run)
  if (verdict.passed) {
    // A test that passes because its input is not what the workflow waits for should not pass in silence.
    if (run.unmatched.length > 0)
      console.warn(
        describeNotes(run)
          .map((note) => `note: ${note}`)
          .join('\n'),
      )
    return
  }
  const message = describeFailure({ spec, test, run, verdict, directory: process.cwd() })
  throw new SpecFailure(message, spec.file, blamedPosition(test, verdict))
}

/** A test of a spec that failed; its stack is the place in the spec, where vitest shows the code frame. */
class SpecFailure extends Error {
  override readonly name = 'SpecFailure'

  constructor(message: string, file: string, { line, column }: Position) {
    super(message)
    this.stack = `${this.name}: ${message}\n    at ${file}:${line}:${column}`
  }
}

async function replaySpecTest(spec: Spec, test: SpecTest, workflow: string): Promise<ReplayRun> {
  const guest = await loadGuest(relative(process.cwd(), workflow))
  const fixtures = await Promise.all((test.input ?? spec.input).map(readFixture))
  const http = openHttpDoor(answerHandlers(answersFor(spec, test)))
  return await withGuestThread((thread) =>
    runReplay(thread, {
      guest,
      fixtures,
      http,
      watchdogMillis: watchdogMillisDefault,
      seed: seedDefault,
      environment: {},
    }),
  )
}

/** The first expectation that did not come true; the test itself when something else is wrong. */
function blamedPosition(test: SpecTest, { comparison, missingLine }: Verdict): Position {
  const pair = comparison?.pairs.find(({ kind }) => kind === 'mismatch' || kind === 'missing')
  if (pair !== undefined && 'index' in pair) return test.expectations?.[pair.index] ?? test
  return missingLine ?? test
}
