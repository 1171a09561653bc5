/** All recordings of one workflow. While there is none, its thread keeps nothing for them. */
import type { GuestOutcome } from '../../guest/contract/guest-outcome.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { MadeWriteback } from '../record/expected-entry.ts'
import type { Mark } from './mark.ts'
import type { Moment } from './workflow-messages.ts'
import { WorkflowRecord, type RecordListener } from './workflow-record.ts'

export class WorkflowRecords {
  /** Shared with the guest's thread; not 0 while somebody records. */
  readonly flag: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))
  readonly #open = new Set<WorkflowRecord>()

  /** @param begin - in the present run; `undefined` = there is none */
  add(listener: RecordListener, begin: Mark | undefined): WorkflowRecord {
    const record = new WorkflowRecord(listener, begin)
    this.#open.add(record)
    Atomics.store(this.flag, 0, 1)
    void record.done.then(() => {
      this.#open.delete(record)
      if (this.#open.size === 0) Atomics.store(this.flag, 0, 0)
    })
    return record
  }

  startRun(): void {
    for (const record of this.#open) record.startRun()
  }

  notePoll(now: Micros): void {
    for (const record of this.#open) record.notePoll(now)
  }

  take(made: MadeWriteback, moment: Moment | null): void {
    for (const record of this.#open) record.take(made, moment)
  }

  endRun(outcome: GuestOutcome, arrival: number | null, now: Micros): void {
    for (const record of this.#open) record.endRun(outcome, arrival, now)
  }
}
