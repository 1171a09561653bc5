/** What `slung-test replay` prints for people: everything the workflow did, then how the run went. */
import type { ReplayRun } from '../replay/replay-run.ts'
import { describeNotes } from './describe-notes.ts'
import { adviseOn, describeOutcome, describeRows } from './describe-outcome.ts'
import { formatEntry } from './format-entry.ts'
import { plural } from './printable.ts'
import { createTimePrinter } from './time-printer.ts'

/** Every line ends with a line feed. */
export function describeRun(run: ReplayRun): string {
  const times = createTimePrinter(run.timeline.map(({ at }) => at))
  const entries = run.timeline.map((entry) => formatEntry(entry, { times, producers: run.producers }))
  const lines = entries.length === 0 ? [] : [...entries, '']
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
  lines.push(...describeNotes(run).map((note) => `note: ${note}`))
  return `${lines.join('\n')}\n`
}
