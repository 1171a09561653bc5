/** What a run used, against what a test allows. */
import { describeOutcome } from '../run/describe-outcome.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import type { Limits } from '../spec-file/spec.ts'

/** One sentence for each limit that was broken. */
export function brokenLimits(limits: Limits, run: ReplayRun): string[] {
  const { callbackP99Millis, memoryBytes, neverTraps } = limits
  const sentences: string[] = []
  if (callbackP99Millis !== null && run.callbackMillis !== null) {
    const p99 = percentile(run.callbackMillis, 0.99)
    if (p99 > callbackP99Millis) {
      sentences.push(
        `1 Event in 100 took the workflow ${milliseconds(p99)} or longer; the limit is ${milliseconds(callbackP99Millis)}`,
      )
    }
  }
  if (memoryBytes !== null && run.outcome === 'stuck') {
    sentences.push('the workflow got stuck, so its memory use is unknown')
  } else if (memoryBytes !== null && run.memoryBytes > memoryBytes) {
    sentences.push(`the workflow's memory grew to ${bytes(run.memoryBytes)}; the limit is ${bytes(memoryBytes)}`)
  }
  if (neverTraps && run.outcome === 'trapped')
    sentences.push(`${describeOutcome(run)}\n    "limits" says "trap: never"`)
  return sentences
}

/** The smallest value that this share of all values does not exceed; 0 without values. */
function percentile(values: Float64Array, part: number): number {
  const sorted = values.toSorted()
  return sorted[Math.ceil(sorted.length * part) - 1] ?? 0
}

function milliseconds(value: number): string {
  return `${Number(value.toPrecision(3))} ms`
}

function bytes(count: number): string {
  return count >= 1e6 ? `${Number((count / 1e6).toPrecision(3))} MB` : `${Number((count / 1e3).toPrecision(3))} kB`
}
