/** Laws that are checked once, over a whole recording or a whole run of the runtime. Broken ones end up in the ledger. */
import type { RecordMessage } from '../../src/staging/record/record-protocol.ts'
import type { WorkflowStatus } from '../../src/staging/workflow/workflow-status.ts'
import { sampleKey, type Ledger } from './ledger.ts'
import type { SimulatedStore } from './simulated-store.ts'

/**
 * A recording has the samples that were taken while it ran, in their order.
 *
 * @param taken - their keys
 */
export function checkRecording(ledger: Ledger, messages: readonly RecordMessage[], taken: readonly string[]): void {
  const series = new Map<number, { name: string; tags: readonly string[] }>()
  const recorded: string[] = []
  let latest = 0
  for (const message of messages) {
    if (message.kind === 'series') series.set(message.id, message)
    if (message.kind !== 'samples') continue
    ledger.check(message.at >= latest, 'the time of a recording goes back')
    latest = message.at
    for (const [id, timestamp] of message.rows) {
      const { name, tags } = series.get(id)!
      recorded.push(sampleKey(name, tags, timestamp))
    }
  }
  const isSame = recorded.length === taken.length && recorded.every((key, index) => key === taken[index])
  ledger.check(isSame, `recorded was ${recorded.join(' ')}, taken ${taken.join(' ')}`)
}

/** Commits follow one another, and a failed one is tried again after a second. */
export function checkCommits(ledger: Ledger, commits: SimulatedStore['commits']): void {
  for (const [index, { endedAt, hasFailed }] of commits.entries()) {
    const next = commits[index + 1]
    if (next === undefined) continue
    ledger.check(next.beganAt >= endedAt, 'a commit begins before the last one is over')
    // The last one is the store's own, on closing.
    const isRetry = hasFailed && index + 2 < commits.length
    ledger.check(!isRetry || next.beganAt === endedAt + 1_000_000, 'a retry is not after a second')
  }
}

/** What was delivered to a workflow and what it lost add up to what arrived while it was subscribed. */
export function checkCounts(ledger: Ledger, { name, state, delivered, lost, coalesced }: WorkflowStatus): void {
  ledger.check(state === 'stopped' || state === 'done', `${name} is ${state}`)
  let [polledCount, offeredCount] = [0, 0]
  for (const run of ledger.runs.filter(({ workflow }) => workflow === name)) {
    // What a run that was ended by force has polled is unknown.
    if (run.end === null || (run.end.outcome.kind === 'ended' && run.end.outcome.outcome === 'closed')) return
    for (const series of run.subscribed) {
      const progress = ledger.progressOf(run, series)
      polledCount += progress.polledCount
      offeredCount += progress.takenCount
    }
  }
  ledger.check(coalesced === 0, `${name} has coalesced ${coalesced}`)
  ledger.check(delivered === polledCount, `${name} has polled ${polledCount}, and ${delivered} were delivered`)
  ledger.check(
    delivered + lost === offeredCount,
    `${name} was offered ${offeredCount}; ${delivered} delivered, ${lost} lost`,
  )
}
