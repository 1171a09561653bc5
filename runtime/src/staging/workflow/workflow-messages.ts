/** What a guest's thread and the engine's thread say to each other while a workflow runs. All of it is structured-cloneable. */
import type { HttpPolicyConfig } from '../config/runtime-config.ts'
import type { HttpMethod, LogStream } from '../../engine/model/timeline.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { CutBody } from '../record/recorded-body.ts'

/** Sent to the guest's thread at the start of a run. */
export interface RunHostOptions {
  readonly environment: Readonly<Record<string, string>>
  readonly http: HttpPolicyConfig
  /** Shared; not 0 once the guest has to end. */
  readonly stopFlag: Int32Array<SharedArrayBuffer>
  /** Shared; not 0 while somebody records what the guest does. */
  readonly recordFlag: Int32Array<SharedArrayBuffer>
}

/** What the guest's thread knows after a run. */
export interface RunReport {
  /** Events that had reached the thread and were not polled. */
  readonly unpolledCount: number
  /** Of the newest sample whose Events the guest may have polled; 0 before the first. */
  readonly arrival: number
}

/** Where in a run something was done. */
export interface Moment {
  /** As in `RunReport`. */
  readonly arrival: number
  /** The guest's clock when its latest poll was answered (at first, when the run began), and when it was done. */
  readonly polledAt: Micros
  readonly madeAt: Micros
}

/** What the guest asks for; the answer is a promise on the guest's side. */
export type WorkflowRequest =
  /** Answered with a handle. */
  | { readonly kind: 'live'; readonly query: string }
  /** Answered with the aggregate. */
  | { readonly kind: 'history'; readonly query: string }
  /** Answered with an `EventBatch`, when there is something for a handle not in `holding`; empty after a tick. */
  | { readonly kind: 'poll'; readonly holding: ReadonlySet<number> }
  /** Answered with nothing. */
  | {
      readonly kind: 'write'
      readonly series: string
      readonly tags: readonly string[]
      readonly timestamp: Micros
      readonly value: number
      /** `null` while nobody records. */
      readonly moment: Moment | null
    }
  | { readonly kind: 'ws'; readonly producer: ProducerId; readonly text: string; readonly moment: Moment | null }

/** What the guest's thread tells without waiting. */
export type WorkflowNotice =
  | { readonly kind: 'free'; readonly handle: number }
  | { readonly kind: 'log'; readonly stream: LogStream; readonly text: string }
  /** An HTTP writeback came to its end. */
  | {
      readonly kind: 'http'
      readonly method: HttpMethod
      /** Without its query, which may hold secrets. */
      readonly url: string
      /** 0 = no response. */
      readonly status: number
      readonly durationMillis: number
      /** `null` while nobody records. */
      readonly exchange: HttpExchange | null
    }

/** What is recorded of an HTTP writeback. */
export interface HttpExchange {
  readonly moment: Moment
  /** All of it. */
  readonly url: string
  readonly body: CutBody
  /** `null` = no response. */
  readonly response: CutBody | null
  /** How long was waited for one that did not come in time; `null` = it came, or failed otherwise. */
  readonly timeoutMillis: number | null
}
