/** Replays a recorded spec, and judges the run as `slung-test` does. */
import type { GuestModule } from '@slung/runtime'
import type { Comparison } from '../../src/compare/compare-timeline.ts'
import type { ReplayRun } from '../../src/run/replay-run.ts'
import { readSpecFile } from '../../src/spec-file/read-spec.ts'
import { judgeRun } from '../../src/verdict/judge-run.ts'
import { replayCase, settleExpectations, type SpecCase } from '../../src/vitest/replay-spec-test.ts'
import type { Difference } from './pair-result.ts'

export interface ReplayedSpec {
  readonly specCase: SpecCase
  readonly run: ReplayRun
}

const replayMillisMax = 60_000

/** @throws {Error} when the replay does not end: a guest that polls is not stuck in the eyes of the watchdog */
export async function replaySpec(specFile: string, guest: GuestModule): Promise<ReplayedSpec> {
  const spec = await readSpecFile(specFile)
  const specCase = { spec, test: spec.tests[0]!, guest }
  const tooLong = Promise.withResolvers<never>()
  const timer = setTimeout(() => tooLong.reject(new Error(`the replay of ${specFile} does not end`)), replayMillisMax)
  try {
    return { specCase, run: await Promise.race([replayCase(specCase), tooLong.promise]) }
  } finally {
    clearTimeout(timer)
  }
}

/** Why the spec fails; `null` = it passes. */
export async function judgeSpec({ specCase, run }: ReplayedSpec): Promise<Omit<Difference, 'workflow'> | null> {
  const { passed, comparison, endsAsExpected } = judgeRun(await settleExpectations(specCase, run.modes.start), run)
  if (passed) return null
  const at = comparison?.pairs.findIndex(({ kind }) => kind !== 'match') ?? -1
  const around = at === -1 ? [] : comparison!.pairs.slice(Math.max(0, at - 2), at + 3)
  const text = [`it ended ${run.outcome}, ${endsAsExpected ? 'as' : 'unlike'} in staging`, ...around.map(describePair)]
  return { kind: `the spec fails (${run.outcome})`, text: text.join('\n') }
}

function describePair(pair: Comparison['pairs'][number]): string {
  const expected = 'expected' in pair ? `in staging ${JSON.stringify(pair.expected)} ` : ''
  const actual = 'actual' in pair ? `in the replay ${JSON.stringify({ ...pair.actual, cause: undefined })}` : ''
  return `${pair.kind}: ${expected}${actual}`
}
