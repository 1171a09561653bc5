/**
 * The messages between a guest's thread and the engine's while a workflow runs. All of them are structured-cloneable.
 */
import type { HttpPolicyConfig } from '../config/runtime-config.ts'
import type { LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { Moment, WroteHttp, WroteWs } from '../observe/observer.ts'

/** Sent to the guest's thread at the start of a run. */
export interface RunHostOptions {
  readonly environment: Readonly<Record<string, string>>
  readonly http: HttpPolicyConfig
  /** Shared; not 0 once the guest has to end. */
  readonly stopFlag: Int32Array<SharedArrayBuffer>
  /** Shared; not 0 while moments and HTTP exchanges are kept. */
  readonly momentFlag: Int32Array<SharedArrayBuffer>
}

/** What the guest's thread knows after a run. */
export interface RunReport {
  /** Events that reached the thread and were not polled. */
  readonly unpolledCount: number
  /** As in `Moment`. */
  readonly arrival: number
}

/** What the guest asks for; the answer is a promise on the guest's side. */
export type WorkflowRequest =
  /** Answered with a handle. */
  | { readonly kind: 'live'; readonly query: string }
  /** Answered with the aggregate. */
  | { readonly kind: 'history'; readonly query: string }
  /** Answered with an `EventBatch` as soon as a handle not in `holding` has Events; with an empty one after a tick. */
  | { readonly kind: 'poll'; readonly holding: ReadonlySet<number> }
  /** Answered with nothing. */
  | {
      readonly kind: 'write'
      readonly series: string
      readonly tags: readonly string[]
      readonly timestamp: Micros
      readonly value: number
      readonly moment: Moment | null
    }
  /** Answered with nothing. */
  | WroteWs

/** What the guest's thread reports without waiting. */
export type WorkflowNotice =
  | { readonly kind: 'free'; readonly handle: number }
  | { readonly kind: 'log'; readonly stream: LogStream; readonly text: string }
  /** An HTTP writeback is over. */
  | WroteHttp
