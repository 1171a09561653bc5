/** The counts of a workflow over all its runs: past ones and the current one. */
import { Histogram } from '../observe/histogram.ts'
import type { Writeback } from '../observe/observer.ts'
import type { WorkflowSession } from './workflow-session.ts'
import type { RunCounts, WritebackCounts } from './workflow-status.ts'

export class RunCounters {
  readonly #writebacks: WritebackCounts = { http: 0, httpFailed: 0, ws: 0, event: 0 }
  readonly #pastLatency = new Histogram()
  // Of past sessions.
  #past = { delivered: 0, lost: 0, coalesced: 0, late: 0 }

  noteWriteback(writeback: Writeback): void {
    if (writeback.kind !== 'http') this.#writebacks[writeback.kind]++
    else if (writeback.status >= 200 && writeback.status <= 299) this.#writebacks.http++
    else this.#writebacks.httpFailed++
  }

  /** @param unpolledCount - Events and samples that had reached the guest's thread and were not polled */
  endRun(session: WorkflowSession, unpolledCount: number): void {
    const { delivered, coalesced, late, pollLatency } = session.progress
    this.#pastLatency.add(pollLatency)
    this.#past = {
      delivered: this.#past.delivered + delivered,
      lost: this.#past.lost + unpolledCount + session.leftCount,
      coalesced: this.#past.coalesced + coalesced,
      late: this.#past.late + late,
    }
  }

  /** Seconds from arrival to poll so far. @param session - as for `counts` */
  pollLatency(session: WorkflowSession | undefined): Histogram {
    const all = new Histogram()
    all.add(this.#pastLatency)
    if (session !== undefined) all.add(session.progress.pollLatency)
    return all
  }

  /** The counts so far. @param session - of the current run; `undefined` between runs */
  counts(session: WorkflowSession | undefined): RunCounts {
    const current = session?.progress ?? { delivered: 0, coalesced: 0, late: 0 }
    return {
      delivered: this.#past.delivered + current.delivered,
      lost: this.#past.lost,
      coalesced: this.#past.coalesced + current.coalesced,
      late: this.#past.late + current.late,
      writebacks: { ...this.#writebacks },
    }
  }
}
