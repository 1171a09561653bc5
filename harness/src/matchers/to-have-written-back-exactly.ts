/** `expect(run).toHaveWrittenBackExactly([…])`: these are all writebacks, in this order; the message aligns both. */
import { inTime } from '../compare/in-time.ts'
import { compareTimeline } from '../compare/compare-timeline.ts'
import type { ExpectedWriteback } from '../compare/expected-writeback.ts'
import { formatDifference } from '../report/format-difference.ts'
import { formatEntry, formatExpected } from '../report/format-entry.ts'
import { result, toRun, type MatcherResult } from './matcher-result.ts'

export function toHaveWrittenBackExactly(received: unknown, expected: readonly ExpectedWriteback[]): MatcherResult {
  const run = toRun(received)
  const { matches, pairs } = inTime(() => compareTimeline(expected, run.writebacks, { producers: run.producers }))
  // From a little before the first difference: everything earlier is right.
  const from = Math.max(0, pairs.findIndex(({ kind }) => kind !== 'match') - 2)
  const told = pairs.slice(from, from + pairsShownMax)
  const left = pairs.length - from - told.length
  return result(matches, run, (style) => [
    `expected the workflow ${matches ? 'not ' : ''}to write back exactly this`,
    '  - expected  + came',
    ...(from > 0 ? [`    … ${from} before`] : []),
    ...told.flatMap((pair) => {
      if (pair.kind === 'match') return [`    ${formatEntry(pair.actual, style)}`]
      return [
        ...('expected' in pair ? [`  - ${formatExpected(pair.expected, style)}`] : []),
        ...('actual' in pair ? [`  + ${formatEntry(pair.actual, style)}`] : []),
        ...('differences' in pair
          ? pair.differences.map((difference) => `      ${formatDifference(difference, style.times)}`)
          : []),
      ]
    }),
    ...(left > 0 ? [`    … ${left} more`] : []),
  ])
}

const pairsShownMax = 20
