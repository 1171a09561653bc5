/** Runs one test of a spec against one workflow; a failure tells the whole story. */
import { SlungError } from '@slung/runtime'
import type { ExpectStatic } from 'vitest'
import '../matchers/index.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { describeDivergence } from '../report/describe-divergence.ts'
import { describeFailure, describeUnrunnable } from '../report/describe-failure.ts'
import { mayHaveTestedNothing } from '../run/describe-notes.ts'
import { judgeRun, type Verdict } from '../verdict/judge-run.ts'
import { keepTimelineSnapshots } from '../snapshot/timeline-snapshot.ts'
import type { Position, Spec, SpecTest } from '../spec-file/spec.ts'
import { FailureTrace } from '../trace/failure-trace.ts'
import { TraceFingerprint } from '../trace/trace-fingerprint.ts'
import { writeTrace } from '../trace/trace-writer.ts'
import { loadCase, replayCase, settleExpectations, type SpecCase } from './replay-spec-test.ts'

export interface SpecRunOptions {
  /** Whether every test runs twice, and both runs must behave the same. */
  readonly twice: boolean
  /** Where to record every call of the workflow; `null` = nowhere. */
  readonly traceFile: string | null
  /** Of the vitest test that is running. */
  readonly expect: ExpectStatic
  /** Puts a note into the report of the vitest test that is running. */
  readonly annotate: (note: string) => Promise<unknown>
}

/** @throws {SpecFailure} when the run is not what the test expects, or cannot start */
export async function runSpecTest(
  spec: Spec,
  specTest: SpecTest,
  workflow: string,
  { twice, traceFile, expect, annotate }: SpecRunOptions,
): Promise<void> {
  // vitest takes a snapshot that no test asks for as obsolete, and `-u` would remove it, so this comes before anything
  // that can fail.
  if (specTest.snapshot) keepTimelineSnapshots(expect.getState())
  try {
    const specCase = await loadCase(spec, specTest, workflow)
    const fingerprint = new TraceFingerprint()
    const run = await replayTraced(specCase, traceFile, twice ? fingerprint : null)
    await judge(specCase, run, traceFile, expect)
    if (twice) await runAgain(specCase, run, fingerprint)
    await mention(run, annotate)
  } catch (error) {
    if (!(error instanceof SlungError)) throw error
    // Such as a fault that has nothing to act on: the spec is at fault, not this code.
    throw new SpecFailure(describeUnrunnable(spec, specTest, error.message, process.cwd()), spec.file, specTest)
  }
}

async function judge(
  specCase: SpecCase,
  run: ReplayRun,
  traceFile: string | null,
  expect: ExpectStatic,
): Promise<void> {
  const { spec, guest } = specCase
  // Whatever else is wrong with the run: on `-u`, vitest removes the snapshots that no test asked for.
  const snapshotFailure = specCase.test.snapshot ? failureOf(() => expect(run).toMatchTimeline()) : null
  const test = await settleExpectations(specCase, run.modes.start)
  const verdict = judgeRun(test, run)
  if (!verdict.passed) {
    // The same run again, traced.
    const trace = new FailureTrace(guest)
    await replayCase(specCase, { onTrace: (lines) => trace.add(lines) })
    const message = describeFailure({ spec, test, run, verdict, trace, traceFile, directory: process.cwd() })
    throw new SpecFailure(message, spec.file, blamedPosition(test, verdict))
  }
  if (snapshotFailure !== null) throw new SpecFailure(snapshotFailure, spec.file, test)
}

/**
 * Notes on a run that passed go into the report. Those on a run whose queries matched nothing at all also go where
 * everybody sees them: such a test passes only because its input is not what the workflow waits for.
 */
async function mention(run: ReplayRun, annotate: SpecRunOptions['annotate']): Promise<void> {
  for (const note of run.notes) await annotate(note)
  if (mayHaveTestedNothing(run)) console.warn(run.notes.map((note) => `note: ${note}`).join('\n'))
}

function failureOf(attempt: () => void): string | null {
  try {
    attempt()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function replayTraced(
  specCase: SpecCase,
  traceFile: string | null,
  fingerprint: TraceFingerprint | null,
): Promise<ReplayRun> {
  const watchMemory = fingerprint !== null
  if (traceFile !== null) {
    return await writeTrace(traceFile, specCase.guest, (write) =>
      replayCase(specCase, {
        watchMemory,
        onTrace: (lines) => {
          write(lines)
          fingerprint?.add(lines)
        },
      }),
    )
  }
  if (fingerprint === null) return await replayCase(specCase)
  return await replayCase(specCase, { watchMemory, onTrace: (lines) => fingerprint.add(lines) })
}

/** @throws {SpecFailure} when the second run differs from the first */
async function runAgain(specCase: SpecCase, first: ReplayRun, firstCalls: TraceFingerprint): Promise<void> {
  const calls = new TraceFingerprint()
  const second = await replayCase(specCase, { watchMemory: true, onTrace: (lines) => calls.add(lines) })
  const divergence = describeDivergence({ run: first, calls: firstCalls }, { run: second, calls })
  if (divergence !== null) throw new SpecFailure(divergence, specCase.spec.file, specCase.test)
}

/** A test of a spec that failed; its stack is the place in the spec, where vitest shows the code frame. */
export class SpecFailure extends Error {
  override readonly name = 'SpecFailure'

  constructor(message: string, file: string, { line, column }: Position) {
    super(message)
    this.stack = `${this.name}: ${message}\n    at ${file}:${line}:${column}`
  }
}

/** The first unmet expectation; the test itself when something else is wrong. */
function blamedPosition(test: SpecTest, { comparison, missingLine, failedChecks, failedStates }: Verdict): Position {
  const pair = comparison?.pairs.find(({ kind }) => kind === 'mismatch' || kind === 'missing')
  if (pair !== undefined && 'index' in pair) return test.expectations?.[pair.index] ?? test
  return missingLine ?? failedChecks[0]?.check ?? failedStates[0]?.expected ?? test
}
