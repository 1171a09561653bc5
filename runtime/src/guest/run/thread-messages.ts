/** What the two sides of a guest thread say to each other. All of it is structured-cloneable. */
import type { GuestOutcome } from '../contract/guest-outcome.ts'
import type { GuestModule } from '../load/load-guest.ts'

/** Which host serves a guest. */
export interface HostChoice {
  /** File URL of an ES module that exports `createGuestHost`. */
  readonly module: string
  /** Passed to it; structured-cloneable. */
  readonly options: unknown
}

export interface WorkerData {
  readonly pulse: SharedArrayBuffer
}

export type ToWorker =
  | {
      readonly kind: 'run'
      readonly run: number
      /** `null` = the one of the previous run. */
      readonly module: GuestModule | null
      readonly host: HostChoice
    }
  | { readonly kind: 'answer'; readonly request: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly request: number; readonly failure: ThreadFailure }

/** `run` tells the runs of one worker apart: what an earlier host still sends is dropped. */
export type FromWorker =
  | { readonly kind: 'message'; readonly run: number; readonly message: unknown }
  | { readonly kind: 'request'; readonly run: number; readonly id: number; readonly request: unknown }
  | {
      readonly kind: 'done'
      readonly run: number
      readonly outcome: GuestOutcome
      readonly report: unknown
      /** The guest keeps running although its run has ended: the thread must be terminated. */
      readonly outlived: boolean
    }

/** An error on its way to the other thread, where its class would be lost. */
export interface ThreadFailure {
  readonly kind: 'refusal' | 'limit' | 'end' | 'other'
  /** The message, or the outcome for `end`. */
  readonly text: string
}
