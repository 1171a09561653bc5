/** `expect(run).toHaveWrittenBack(…)`: at least one writeback is like this; the message shows the nearest one. */
import type { Difference } from '../compare/match-value.ts'
import { inTime } from '../compare/in-time.ts'
import { matchesWriteback, type ExpectedWriteback } from '../compare/expected-writeback.ts'
import { formatDifference } from '../report/format-difference.ts'
import { formatEntry, formatExpected, formatRow } from '../report/format-entry.ts'
import { result, toRun, type MatcherResult } from './matcher-result.ts'

export function toHaveWrittenBack(received: unknown, expected: ExpectedWriteback): MatcherResult {
  const run = toRun(received)
  const candidates = inTime(() =>
    run.writebacks.map((actual) => ({ actual, differences: matchesWriteback(expected, actual, run.producers) })),
  )
  const pass = candidates.some(({ differences }) => differences.length === 0)
  return result(pass, run, (style) => {
    const nearest = candidates.toSorted((one, other) => distance(one.differences) - distance(other.differences))[0]
    return [
      `expected the workflow ${pass ? 'not ' : ''}to write this back`,
      `    ${formatExpected(expected, style).trimStart()}`,
      ...(pass || nearest === undefined
        ? []
        : [
            'nearest is',
            `    ${formatEntry(nearest.actual, style)}`,
            ...nearest.differences.map((difference) => `      ${formatDifference(difference, style.times)}`),
            ...(nearest.actual.cause === null ? [] : [`      cause  ${formatRow(nearest.actual.cause)}`]),
          ]),
    ]
  })
}

/** What a writeback is about counts more than what it says, and its kind counts most. */
function distance(differences: readonly Difference[]): number {
  const isAbout = (path: string): boolean => path === 'http' || path === 'ws' || path === 'event'
  const about = differences.find(({ path }) => isAbout(path))
  const weight = about === undefined ? 0 : about.actual === undefined ? 10_000 : 100
  return differences.length + weight
}
