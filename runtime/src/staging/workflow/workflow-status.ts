/** The status of a workflow, as shown at `/workflows` and in metrics. */
import type { HandleStatus } from '../../engine/live/handle-table.ts'
import type { Histogram } from '../observe/histogram.ts'
import type { GuestFrame } from '../../guest/contract/guest-outcome.ts'

export type WorkflowState = 'running' | 'restarting' | 'done' | 'stopped'

/** Times are RFC 3339. */
export interface WorkflowStatus extends RunCounts {
  readonly name: string
  readonly file: string
  /** `restarting`: it failed and is waiting to restart. `done`: `call` returned 0. */
  readonly state: WorkflowState
  /** Start of the current run; `null` between runs. */
  readonly startedAt: string | null
  /** When it restarts; `null` unless it is waiting to. */
  readonly restartsAt: string | null
  /** How often it was restarted. */
  readonly restarts: number
  readonly handles: readonly HandleStatus[]
  /** Why its latest failed run failed; `null` when none has. */
  readonly lastError: WorkflowError | null
}

/** How closely a workflow follows what arrives, for metrics. */
export interface WorkflowPace {
  readonly name: string
  /** Seconds from the arrival of a sample until its Event was polled, over all runs. */
  readonly pollLatency: Histogram
  /** Since the oldest sample arrived whose Event is not polled; 0 when there is none. */
  readonly oldestWaitingSeconds: number
}

/** Counts over all runs. */
export interface RunCounts {
  /** Events polled. */
  readonly delivered: number
  /** Events, and samples not yet revealed that concern it, which were left when a run ended. */
  readonly lost: number
  readonly coalesced: number
  readonly late: number
  readonly writebacks: Readonly<WritebackCounts>
}

export interface WritebackCounts {
  /** HTTP requests answered with a 2xx. */
  http: number
  /** HTTP requests that were not, for any reason. */
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
