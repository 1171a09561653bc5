/** `expect(run).toHaveWrittenBackTimes(3)`, and `expect(run).toHaveWrittenNothing()`. */
import { result, times, toRun, type MatcherResult } from './matcher-result.ts'

export function toHaveWrittenBackTimes(received: unknown, count: number): MatcherResult {
  const run = toRun(received)
  const pass = run.writebacks.length === count
  return result(pass, run, () => [`expected the workflow ${pass ? 'not ' : ''}to write back ${times(count)}`])
}

export function toHaveWrittenNothing(received: unknown): MatcherResult {
  const run = toRun(received)
  const pass = run.writebacks.length === 0
  return result(pass, run, () => [`expected the workflow to write ${pass ? 'something' : 'nothing'} back`])
}
