/** Runs one test of a spec against one workflow, and fails with the whole story. */
import type { ExpectStatic } from 'vitest'
import type { ReplayRun } from '../replay/replay-run.ts'
import { describeDivergence } from '../report/describe-divergence.ts'
import { describeFailure } from '../report/describe-failure.ts'
import { describeNotes } from '../report/describe-notes.ts'
import { judgeRun, type Verdict } from '../spec/judge-run.ts'
import { expectTimelineSnapshot } from '../snapshot/expect-timeline-snapshot.ts'
import type { Position, Spec, SpecTest } from '../spec/spec.ts'
import { FailureTrace } from '../trace/failure-trace.ts'
import { TraceWriter } from '../trace/trace-file.ts'
import { TraceFingerprint } from '../trace/trace-fingerprint.ts'
import { loadCase, replayCase, settleExpectations, type SpecCase } from './replay-spec-test.ts'

export interface SpecRunOptions {
  /** Whether every test runs twice, and both runs must do the same. */
  readonly twice: boolean
  /** Where to write down every call of the workflow; `null` = nowhere. */
  readonly traceFile: string | null
  /** Of the vitest test that is running. */
  readonly expect: ExpectStatic
}

/** @throws {SpecFailure} when the run is not what the test asks for */
export async function runSpecTest(
  spec: Spec,
  specTest: SpecTest,
  workflow: string,
  { twice, traceFile, expect }: SpecRunOptions,
): Promise<void> {
  const specCase = await loadCase(spec, specTest, workflow)
  const fingerprint = new TraceFingerprint()
  const run = await replayTraced(specCase, traceFile, twice ? fingerprint : null)
  // Whatever else is wrong: vitest takes a snapshot that no test asks for as obsolete.
  const snapshotFailure = specTest.snapshot ? failureOf(() => expectTimelineSnapshot(run, expect)) : null
  const test = await settleExpectations(specCase, run.modes.start)
  const verdict = judgeRun(test, run)
  const directory = process.cwd()
  if (!verdict.passed) {
    // The same once more, looking closer.
    const trace = new FailureTrace(specCase.guest)
    await replayCase(specCase, { onTrace: (lines) => trace.add(lines) })
    const message = describeFailure({ spec, test, run, verdict, trace, traceFile, directory })
    throw new SpecFailure(message, spec.file, blamedPosition(test, verdict))
  }
  if (snapshotFailure !== null) throw new SpecFailure(snapshotFailure, spec.file, specTest)
  if (twice) await runAgain(specCase, run, fingerprint)
  // A test that passes because its input is not what the workflow waits for should not pass in silence.
  if (run.queries.every(({ matched }) => matched)) return
  console.warn(
    describeNotes(run)
      .map((note) => `note: ${note}`)
      .join('\n'),
  )
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
  if (traceFile === null && fingerprint === null) return await replayCase(specCase)
  const writer = traceFile === null ? null : await TraceWriter.open(traceFile, specCase.guest)
  const run = await replayCase(specCase, {
    watchMemory: fingerprint !== null,
    onTrace: (lines) => {
      writer?.add(lines)
      fingerprint?.add(lines)
    },
  })
  await writer?.finish(run)
  return run
}

/** @throws {SpecFailure} when the second run is not the same as the first */
async function runAgain(specCase: SpecCase, first: ReplayRun, firstCalls: TraceFingerprint): Promise<void> {
  const calls = new TraceFingerprint()
  const second = await replayCase(specCase, { watchMemory: true, onTrace: (lines) => calls.add(lines) })
  const divergence = describeDivergence({ run: first, calls: firstCalls }, { run: second, calls })
  if (divergence !== null) throw new SpecFailure(divergence, specCase.spec.file, specCase.test)
}

/** A test of a spec that failed; its stack is the place in the spec, where vitest shows the code frame. */
class SpecFailure extends Error {
  override readonly name = 'SpecFailure'

  constructor(message: string, file: string, { line, column }: Position) {
    super(message)
    this.stack = `${this.name}: ${message}\n    at ${file}:${line}:${column}`
  }
}

/** The first expectation that did not come true; the test itself when something else is wrong. */
function blamedPosition(test: SpecTest, { comparison, missingLine, failedChecks }: Verdict): Position {
  const pair = comparison?.pairs.find(({ kind }) => kind === 'mismatch' || kind === 'missing')
  if (pair !== undefined && 'index' in pair) return test.expectations?.[pair.index] ?? test
  return missingLine ?? failedChecks[0]?.check ?? test
}
