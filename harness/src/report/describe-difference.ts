/** Where two runs over the same input first differ. */
import { grouped, plural } from '@slung/runtime'
import { countEqual } from '../compare/count-equal.ts'
import { expectExactly } from '../compare/expect-exactly.ts'
import { matchesWriteback } from '../compare/expected-writeback.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { describePassageOfTime } from './describe-passage-of-time.ts'
import { describeOutcome } from '../run/describe-outcome.ts'
import { causeOf } from './describe-timeline.ts'
import { formatDifference } from './format-difference.ts'
import { formatEntry, type EntryStyle } from './format-entry.ts'
import { createTimePrinter } from './time-printer.ts'

/** Writebacks before the difference that are shown. */
const contextMax = 3

/** Lines without line ends. Output is not compared: two languages may say the same thing in different words. */
export function describeDifference(one: ReplayRun, other: ReplayRun): { same: boolean; lines: string[] } {
  const times = createTimePrinter([...one.writebacks, ...other.writebacks].map(({ at }) => at))
  const style: EntryStyle = { times, producers: one.producers }
  const count = Math.max(one.writebacks.length, other.writebacks.length)
  const lines = [`${one.workflow} and ${other.workflow}: ${describePassageOfTime(one.modes)}`, '']
  for (let index = 0; index < count; index++) {
    const [first, second] = [one.writebacks[index], other.writebacks[index]]
    const differences =
      first === undefined || second === undefined
        ? []
        : matchesWriteback({ ...expectExactly(first, one.producers), at: first.at }, second, other.producers)
    if (first !== undefined && second !== undefined && differences.length === 0) continue
    const before = one.writebacks.slice(Math.max(0, index - contextMax), index)
    lines.push(
      `writeback ${index + 1} differs (${plural(one.writebacks.length, 'writeback')}, ${grouped(other.writebacks.length)} in the other, ` +
        `${grouped(countEqual(one, other))} equal)`,
      ...before.map((entry) => `    ${formatEntry(entry, style)}`),
      `  1 ${first === undefined ? `nothing: ${describeOutcome(one)}` : formatEntry(first, style)}`,
      ...(first === undefined ? [] : [causeOf(first)]),
      `  2 ${second === undefined ? `nothing: ${describeOutcome(other)}` : formatEntry(second, style)}`,
      ...(second === undefined ? [] : [causeOf(second)]),
      ...differences.map((difference) => `      ${formatDifference(difference, times)}`),
    )
    return { same: false, lines }
  }
  if (one.outcome !== other.outcome || one.code !== other.code || one.trap?.code !== other.trap?.code) {
    lines.push(
      `the same ${plural(count, 'writeback')}, but a different end`,
      `  1 ${describeOutcome(one)}`,
      `  2 ${describeOutcome(other)}`,
    )
    return { same: false, lines }
  }
  lines.push(`no difference: ${plural(count, 'writeback')}, and ${describeOutcome(one)}`)
  return { same: true, lines }
}
