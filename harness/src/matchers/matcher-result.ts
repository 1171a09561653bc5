/**
 * What every matcher starts from and ends with: a run that can be judged, and a message with everything the workflow
 * did.
 */
import { formatEntry, type EntryStyle } from '../report/format-entry.ts'
import { createTimePrinter } from '../report/time-printer.ts'
import { describeOutcome } from '../run/describe-outcome.ts'
import type { ReplayRun } from '../run/replay-run.ts'

export interface MatcherResult {
  readonly pass: boolean
  readonly message: () => string
  readonly meta?: object
}

/** @throws for a run with a request that no answer covers: no matcher passes then, negated or not */
export function toRun(received: unknown): ReplayRun {
  if (typeof received !== 'object' || received === null || !('writebacks' in received)) {
    throw new TypeError('expect() was not given the result of replay(): did you forget to await it?')
  }
  const run = received as ReplayRun
  const [unanswered] = run.unanswered
  if (unanswered === undefined) return run
  throw new Error(
    `no answer covers ${unanswered.method} ${unanswered.url}: ` +
      'give replay() one in the option "http", or say http: \'deny\' to deny every request',
  )
}

/** The message of a matcher: its own lines, then everything the workflow did. */
export function result(
  pass: boolean,
  run: ReplayRun,
  describe: (style: EntryStyle) => readonly string[],
): MatcherResult {
  return {
    pass,
    message: () => {
      const style: EntryStyle = { times: createTimePrinter(run.timeline.map(({ at }) => at)), producers: run.producers }
      const shown = run.timeline.slice(0, entriesShownMax)
      return [
        ...describe(style),
        '',
        `it wrote back ${times(run.writebacks.length)}, and ${describeOutcome(run)}`,
        ...shown.map((entry) => `    ${formatEntry(entry, style)}`),
        ...(shown.length < run.timeline.length ? [`    … ${run.timeline.length - shown.length} more`] : []),
        ...run.notes.map((note) => `note: ${note}`),
      ].join('\n')
    },
  }
}

export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`
}

const entriesShownMax = 10
