/**
 * The live aggregates of a failed run as curves, with the times of writebacks: they show where a curve crossed a
 * threshold.
 */
import { escapeUnprintable, type Micros, shortenAndCount } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import type { AggregateCurve } from '../trace/failure-trace.ts'
import type { EntryStyle } from './format-entry.ts'
import { markTimes, sparkline } from './sparkline.ts'

const cells = 60
const curvesShownMax = 3
const crossingsShownMax = 3

/**
 * A block for each live query, or each group of one, whose Events the workflow polled; empty without any.
 *
 * @param expectedTimes - when writebacks should have come, as far as the test says
 */
export function describeAggregates(
  curves: readonly AggregateCurve[],
  run: ReplayRun,
  expectedTimes: readonly Micros[],
  style: EntryStyle,
): string[] {
  const [from, to] = [run.modes.start, run.at]
  const cameTimes = run.writebacks.map(({ at }) => at)
  const marks = [
    { name: 'came', line: markTimes(cameTimes, '▲', from, to, cells) },
    { name: 'expected', line: markTimes(expectedTimes, '△', from, to, cells) },
  ].filter(({ line }) => line !== '')
  const lines = curves
    .slice(0, curvesShownMax)
    .flatMap((curve) => [
      `  ${nameOf(curve)}  from ${shown(least(curve))} to ${shown(most(curve))}`,
      `    ${sparkline(curve, from, to, cells)}`,
      ...marks.map(({ name, line }) => `    ${line.padEnd(cells)}  ${name}`),
      ...describeCrossings(curve, style),
    ])
  if (curves.length > curvesShownMax) lines.push(`    … ${curves.length - curvesShownMax} more live queries or groups`)
  return lines
}

/** The aggregate before and at the first writebacks: the threshold lies between the two. */
function describeCrossings({ at, values, marks }: AggregateCurve, { times }: EntryStyle): string[] {
  const crossings = marks.flatMap((position) => {
    const before = position === 0 ? 'nothing' : shown(values[position - 1]!)
    const after = shown(values[position]!)
    return before === after ? [] : [`    ▲ ${times.print(at[position]!)}  it went from ${before} to ${after}`]
  })
  const more = crossings.length - crossingsShownMax
  return [...crossings.slice(0, crossingsShownMax), ...(more > 0 ? [`    … ${more} more`] : [])]
}

function nameOf({ query, group }: AggregateCurve): string {
  const ofGroup = group.length === 0 ? '' : ` of ${group.join(', ')}`
  return shortenAndCount(escapeUnprintable(`${query}${ofGroup}`), 100)
}

function least({ values }: AggregateCurve): number {
  return values.reduce((one, other) => Math.min(one, other))
}

function most({ values }: AggregateCurve): number {
  return values.reduce((one, other) => Math.max(one, other))
}

/** Enough digits to see on which side of a threshold it is. */
function shown(value: number): string {
  return String(Number(value.toPrecision(6)))
}
