/** What `slung-test replay` prints for people: everything the workflow did, then how the run went. */
import { plural } from '@slung/runtime'
import type { ReplayRun } from '../run/replay-run.ts'
import { describePassageOfTime } from './describe-passage-of-time.ts'
import { adviseOn, describeOutcome, describeRows } from '../run/describe-outcome.ts'
import { formatEntry } from './format-entry.ts'
import { createTimePrinter } from './time-printer.ts'

/** Every line ends with a line feed; one text could be too long. */
export function* describeRun(run: ReplayRun): Generator<string> {
  const times = createTimePrinter(run.timeline.map(({ at }) => at))
  yield `${run.workflow}: ${describePassageOfTime(run.modes)}\n\n`
  for (const entry of run.timeline) yield `${formatEntry(entry, { times, producers: run.producers })}\n`
  const lines = run.timeline.length === 0 ? [] : ['']
  const counts = [
    describeRows(run),
    `${plural(run.delivered, 'Event')} delivered`,
    plural(run.writebacks.length, 'writeback'),
  ]
  const outcome = run.outcome === 'returned' ? `returned ${run.code}` : run.outcome
  lines.push(`${counts.join(', ')}: ${outcome}`)
  if (run.outcome !== 'drained' && run.outcome !== 'returned') lines.push(describeOutcome(run))
  const advice = adviseOn(run.outcome)
  if (advice !== null) lines.push(advice)
  lines.push(...run.notes.map((note) => `note: ${note}`))
  for (const line of lines) yield `${line}\n`
}
