/** How a run ended, in words. */
import { escapeUnprintable, grouped, type GuestTrap, plural } from '@slung/runtime'
import type { ReplayOutcome, ReplayRun } from './replay-run.ts'

/** Whether a run ended as a workflow should: any other end is a failure. */
export function endedWell({ outcome, code }: Pick<ReplayRun, 'outcome' | 'code'>): boolean {
  return outcome === 'drained' || (outcome === 'returned' && code === 0)
}

/** One clause without a full stop, and the frames of a trap on their own lines. */
export function describeOutcome(run: ReplayRun): string {
  const after = `after ${describeRows(run)}`
  switch (run.outcome) {
    case 'drained':
      return `the run drained ${after}`
    case 'returned': {
      const meaning = run.code === 1 ? ' (an error)' : run.code === 2 ? ' (a panic)' : ''
      return `call returned ${run.code}${meaning} ${after}`
    }
    case 'undelivered': {
      return `the input ended while ${describeHeld(run) || 'Events'} had not been polled`
    }
    case 'runaway':
      return `the run was stopped ${after}: the last of them led to more output than a sane workflow produces`
    case 'stuck':
      return `the workflow got stuck ${after}: it kept computing without polling`
    case 'trapped':
      return [`the workflow trapped ${after}: ${trapMessage(run.trap)}`, ...trapFrames(run.trap)].join('\n')
  }
}

/** What was left unpolled, by query; at most a few. */
function describeHeld({ undelivered }: ReplayRun): string {
  const counts = new Map<string, number>()
  for (const { query, count } of undelivered) counts.set(query, (counts.get(query) ?? 0) + count)
  const held = [...counts].map(([query, count]) => `${plural(count, 'Event')} of ${escapeUnprintable(query)}`)
  const more = held.length - heldShownMax
  return more <= 0 ? held.join(' and ') : `${held.slice(0, heldShownMax).join(', ')} and of ${more} more queries`
}

const heldShownMax = 4

/** What may help when a run unexpectedly ends like this; `null` without general advice. */
export function adviseOn(outcome: ReplayOutcome): string | null {
  switch (outcome) {
    case 'undelivered':
      return 'poll every handle until it has no more Events, or free the ones that are not needed'
    case 'runaway':
      return 'look for a loop that writes, sends or logs without polling, or that writes to a series it subscribes to'
    case 'stuck':
      return 'every loop that waits for something must poll a handle'
    default:
      return null
  }
}

/** `200 rows`, or `17 of 200 rows` of a run that ended early. */
export function describeRows({ rows, rowsTotal }: ReplayRun): string {
  return rows === rowsTotal ? plural(rows, 'row') : `${grouped(rows)} of ${plural(rowsTotal, 'row')}`
}

function trapMessage(trap: GuestTrap | null): string {
  return (trap?.message ?? 'for an unknown reason').split(/\r?\n/).map(escapeUnprintable).join('\n')
}

/** Not `at …`: test runners would take such lines of a message for frames of their own stack. */
function trapFrames(trap: GuestTrap | null): string[] {
  return (trap?.frames ?? []).map(({ function: name, location }) =>
    escapeUnprintable(location === null ? `    in ${name}` : `    in ${name} (${location})`),
  )
}
