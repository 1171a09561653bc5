/** What the test's thread and the guest's thread say to each other about a replay. */
import type {
  GuestHttpRequest,
  GuestHttpResponse,
  Lag,
  Micros,
  StateChange,
  StateValues,
  TimelineEntry,
} from '@slung/runtime'
import type { LiveQueryUse, UndeliveredQuery } from '../run/replay-run.ts'
import type { HostTraceLine } from '../trace/trace-line.ts'
import type { WorldOptions } from './replay-world.ts'

/** Sent to the guest's thread. */
export interface ReplayHostOptions extends WorldOptions {
  /** Shared with the test's thread, so that it can be read even after the guest is terminated; see `progressSlots`. */
  readonly progress: Float64Array
  readonly environment: Readonly<Record<string, string>>
  /** What the workflow remembers, by key. */
  readonly state: StateValues
  readonly watched: Watched
}

/** What is observed only on demand, since it takes time. */
export interface Watched {
  /** Every call the guest makes to its host. */
  readonly calls: boolean
  /** Its memory at the end. */
  readonly memory: boolean
  /** The real time it takes for each Event. */
  readonly callbacks: boolean
}

/** The slots of `ReplayHostOptions.progress`. */
export const progressSlots = { rows: 0, delivered: 1, coalesced: 2, late: 3, now: 4, length: 5 } as const

/** Posted as things happen. HTTP entries are made where the answer comes from. */
export type HostMessage =
  | {
      readonly kind: 'entry'
      readonly entry: TimelineEntry
      /** Newest replayed row; −1 before the first. */
      readonly row: number
    }
  | { readonly kind: 'trace'; readonly lines: readonly HostTraceLine[] }

/** Asked for every HTTP writeback. */
export interface HttpQuestion extends GuestHttpRequest {
  readonly at: Micros
  readonly row: number
}

/** `afterMicros` of virtual time pass before the guest has it. */
export type HttpReply = (GuestHttpResponse | { readonly refused: string }) & { readonly afterMicros: Micros }

/** What is known after a run; missing when the thread had to be terminated. */
export interface ReplayReport {
  readonly queries: readonly LiveQueryUse[]
  readonly undelivered: readonly UndeliveredQuery[]
  readonly lags: readonly Lag[]
  /** In the order of the checks; fewer when the clock did not reach all of them. */
  readonly answers: readonly number[]
  readonly memoryBytes: number
  /** Of the memory, in hexadecimal digits; `null` unless watched. */
  readonly memoryHash: string | null
  /** `null` unless watched. */
  readonly callbackMillis: Float64Array | null
  readonly coverage: Uint32Array | undefined
  /** What it remembered when it polled for the last time, and what it has changed since. */
  readonly state: StateValues
  readonly stateChanges: readonly StateChange[]
}
