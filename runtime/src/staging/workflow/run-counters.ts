/** The counts of a workflow over all its runs: past ones and the current one. */
import type { Writeback } from '../observe/observer.ts'
import type { WorkflowSession } from './workflow-session.ts'
import type { RunCounts, WritebackCounts } from './workflow-status.ts'

export class RunCounters {
  readonly #writebacks: WritebackCounts = { http: 0, httpFailed: 0, ws: 0, event: 0 }
  // Of past sessions.
  #past = { delivered: 0, lost: 0, coalesced: 0, late: 0 }

  noteWriteback(writeback: Writeback): void {
    if (writeback.kind !== 'http') this.#writebacks[writeback.kind]++
    else if (writeback.status >= 200 && writeback.status <= 299) this.#writebacks.http++
    else this.#writebacks.httpFailed++
  }

  /** @param unpolledCount - Events that were handed to the guest's thread but not polled */
  endRun({ counters, handles }: WorkflowSession, unpolledCount: number): void {
    this.#past = {
      delivered: this.#past.delivered + counters.delivered - unpolledCount,
      lost: this.#past.lost + unpolledCount + handles.reduce((sum, { waiting }) => sum + waiting, 0),
      coalesced: this.#past.coalesced + counters.coalesced,
      late: this.#past.late + counters.late,
    }
  }

  /** The counts so far. @param session - of the current run; `undefined` between runs */
  counts(session: WorkflowSession | undefined): RunCounts {
    const current = session?.counters ?? { delivered: 0, coalesced: 0, late: 0 }
    return {
      delivered: this.#past.delivered + current.delivered,
      lost: this.#past.lost,
      coalesced: this.#past.coalesced + current.coalesced,
      late: this.#past.late + current.late,
      writebacks: { ...this.#writebacks },
    }
  }
}
