/** Remarks on a run that is not wrong, but may not be what its author meant. */
import { describeLag, escapeUnprintable, formatSeries, formatTimestamp, grouped, plural } from '@slung/runtime'
import { endedWell } from './describe-outcome.ts'
import type { ReplayRun } from './replay-run.ts'

type Noted = Omit<ReplayRun, 'notes'>

/** One line each, without an end. @param unread - what it does not read of its environment */
export function describeNotes(run: Noted, unread: string | null = null): string[] {
  // Without any input, the next note says it for all queries.
  const unmatched = run.series.length === 0 ? [] : run.queries.filter(({ matched }) => !matched)
  return [
    ...unmatched.map(({ query }) => unmatchedNote(query, run)),
    ...nothingDeliveredNote(run),
    ...timeUnitNote(run),
    ...(unread === null ? [] : [unread]),
    ...countNotes(run),
  ]
}

/** Whether a test may pass only because its input is not what the workflow waits for. */
export function mayHaveTestedNothing(run: Noted): boolean {
  return nothingDeliveredNote(run).length > 0 || run.queries.some(({ matched }) => !matched)
}

function nothingDeliveredNote(run: Noted): string[] {
  const { delivered, outcome, writebacks, queries } = run
  // Any other end says by itself that something is wrong.
  if (delivered > 0 || !endedWell(run)) return []
  // It may ask for history only.
  if (queries.length === 0 && outcome === 'returned' && writebacks.length > 0) return []
  const reason = whyNothing(run)
  return reason === null ? [] : [`the workflow got no Event: ${reason}`]
}

/** `null` when another note says it. */
function whyNothing(run: Noted): string | null {
  const { rowsTotal, rows, queries, series, modes, at } = run
  if (rowsTotal === 0) return series.length === 0 ? 'the input has no rows' : 'the faults leave no row of the input'
  const [first, last] = [run.rowAround(Number.NEGATIVE_INFINITY), run.rowAround(Number.POSITIVE_INFINITY)]
  if (last !== null && last.arrives < modes.start) {
    const [starts, ends] = [modes.start, last.arrives].map(formatTimestamp)
    return `all ${plural(rowsTotal, 'row')} arrive before it starts, at ${starts}, the last one at ${ends}`
  }
  if (first !== null && at < first.arrives) {
    return `the run ends at ${formatTimestamp(at)}, and the first row arrives at ${formatTimestamp(first.arrives)}`
  }
  if (queries.length === 0) return 'it subscribed to nothing'
  if (queries.every(({ matched }) => !matched)) return null
  return `it polled none, or no sample is in the range of a live query (${grouped(rows)} of ${plural(rowsTotal, 'row')} arrived)`
}

/** The most common mistake: nothing in the input is what the workflow waits for. */
function unmatchedNote(query: string, { series }: Noted): string {
  const named = series.slice(0, seriesShownMax).map(formatSeries).join(', ')
  const more = series.length > seriesShownMax ? `, and ${series.length - seriesShownMax} more` : ''
  return escapeUnprintable(`no sample matched ${query}; the input has ${named}${more}`)
}

const seriesShownMax = 5

/** Seconds and milliseconds since 1970, taken for microseconds, lie in the first months of 1970. */
function timeUnitNote({ rowAround }: Noted): string[] {
  const first = rowAround(0)
  if (first === null || first.arrives < 100e6 || first.arrives > 10_000_000e6) return []
  const shown = formatTimestamp(first.arrives)
  return [
    `the input begins at ${shown}: integer timestamps are microseconds unless time_unit (--time-unit) says s or ms`,
  ]
}

function countNotes({ coalesced, late, lags }: Noted): string[] {
  return [
    ...lags.map((lag) => escapeUnprintable(describeLag(lag))),
    ...(coalesced > 0
      ? [`${plural(coalesced, 'Event')} coalesced into newer ones: a queue was full before it was polled`]
      : []),
    ...(late > 0 ? [`${plural(late, 'sample')} arrived behind the window of a live query`] : []),
  ]
}
