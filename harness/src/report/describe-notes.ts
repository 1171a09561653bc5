/** Remarks on a run that is not wrong, but may not be what its author meant. */
import { escapeUnprintable, formatSeries, formatTimestamp, plural } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'

/** One line each, without an end. */
export function describeNotes(run: ReplayRun): string[] {
  const unmatched = run.queries.filter(({ matched }) => !matched)
  return [...unmatched.map(({ query }) => unmatchedNote(query, run)), ...timeUnitNote(run), ...countNotes(run)]
}

/** The most common mistake: nothing in the input is what the workflow waits for. */
function unmatchedNote(query: string, { series }: ReplayRun): string {
  const named = series.slice(0, seriesShownMax).map(formatSeries).join(', ')
  const more = series.length > seriesShownMax ? `, and ${series.length - seriesShownMax} more` : ''
  return escapeUnprintable(`no sample matched ${query}; the input has ${named}${more}`)
}

const seriesShownMax = 5

/** Seconds and milliseconds since 1970, taken for microseconds, lie in the first months of 1970. */
function timeUnitNote({ rowAround }: ReplayRun): string[] {
  const first = rowAround(0)
  if (first === null || first.arrives < 100e6 || first.arrives > 10_000_000e6) return []
  const shown = formatTimestamp(first.arrives)
  return [
    `the input begins at ${shown}: integer timestamps are microseconds unless time_unit (--time-unit) says s or ms`,
  ]
}

function countNotes({ coalesced, late }: ReplayRun): string[] {
  return [
    ...(coalesced > 0
      ? [`${plural(coalesced, 'Event')} coalesced into newer ones: a queue was full before it was polled`]
      : []),
    ...(late > 0 ? [`${plural(late, 'sample')} arrived behind the window of a live query`] : []),
  ]
}
