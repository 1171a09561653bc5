/** What a workflow shows of itself, at `/workflows` and in metrics. */
import type { HandleStatus } from '../../engine/handle-table.ts'
import type { GuestFrame } from '../../guest/contract/guest-outcome.ts'

export type WorkflowState = 'running' | 'restarting' | 'done' | 'stopped'

/** Times are RFC 3339. */
export interface WorkflowStatus extends RunCounts {
  readonly name: string
  readonly file: string
  /** `restarting`: it failed and waits for its next start. `done`: `call` returned 0. */
  readonly state: WorkflowState
  /** Of the current run; `null` while there is none. */
  readonly startedAt: string | null
  /** When it starts again; `null` unless it waits for that. */
  readonly restartsAt: string | null
  /** How often it was started again. */
  readonly restarts: number
  readonly handles: readonly HandleStatus[]
  /** Why its latest run failed; `null` when none has. */
  readonly lastError: WorkflowError | null
}

/** What is counted over all runs. */
export interface RunCounts {
  /** Events handed to the guest's thread; up to 1,024 of them may still wait there. */
  readonly delivered: number
  /** Events that waited for a run when it ended. */
  readonly lost: number
  readonly coalesced: number
  readonly late: number
  readonly writebacks: Readonly<WritebackCounts>
}

export interface WritebackCounts {
  /** HTTP requests that were answered with a 2xx. */
  http: number
  /** Those that were not, whatever the reason. */
  httpFailed: number
  ws: number
  event: number
}

export interface WorkflowError {
  readonly at: string
  readonly message: string
  /** The guest's own frames, innermost first. */
  readonly frames: readonly GuestFrame[]
}
