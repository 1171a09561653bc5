/**
 * What the runtime tells a recorder over a WebSocket at `/record`, one JSON text a message. The recorder says one thing, `stop`,
 * and gets everything up to that moment, and then `end`.
 *
 * Secrets are taken out before anything is sent: whoever may connect may record.
 */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { GivenAnswer } from './given-answer.ts'
import type { ExpectedEntry } from './expected-entry.ts'

/** The subprotocol. */
export const recordProtocol = 'slung.record.v1'

/** What the recorder sends. */
export const stopWord = 'stop'

export type RecordMessage =
  | BeginMessage
  /** The recording cannot begin; nothing follows. */
  | { readonly kind: 'refused'; readonly error: string }
  | SeriesMessage
  | HistoryMessage
  | SamplesMessage
  | WritebackMessage
  | StartedMessage
  | EndedMessage
  /** A connection closed. */
  | { readonly kind: 'closed'; readonly producer: ProducerId; readonly at: Micros }
  | EndMessage

/** The first one. */
export interface BeginMessage {
  readonly kind: 'begin'
  readonly at: Micros
  /** Version of the runtime. */
  readonly version: string
  readonly workflows: readonly RecordedWorkflow[]
}

export interface RecordedWorkflow {
  readonly name: string
  /** Absolute path on the runtime's machine. */
  readonly file: string
  readonly tickMillis: number
  /** Names of its environment variables. */
  readonly variables: readonly string[]
  /** Since when it had been running; `null` = it did not run, and `started` follows if it does. */
  readonly runningSince: Micros | null
  /** Its live queries that aggregate everything since they were subscribed to. */
  readonly runningQueries: readonly string[]
}

/** Before the first sample of a series. */
export interface SeriesMessage {
  readonly kind: 'series'
  readonly id: number
  readonly name: string
  readonly tags: readonly string[]
}

/** Samples that were in the store before, oldest first. */
export interface HistoryMessage {
  readonly kind: 'history'
  readonly rows: readonly (readonly [series: number, timestamp: Micros, value: number])[]
}

/** Samples in the order in which they were taken. */
export interface SamplesMessage {
  readonly kind: 'samples'
  /** When they were taken. Never goes back; later than the last ones' when those had another writer. */
  readonly at: Micros
  /** The workflow that wrote them; `null` = they came from outside. */
  readonly writer: string | null
  /** Producer 0 = none. */
  readonly rows: readonly (readonly [series: number, timestamp: Micros, value: number, producer: ProducerId])[]
}

/** In the order in which a workflow made them. */
export interface WritebackMessage {
  readonly kind: 'writeback'
  readonly workflow: string
  readonly expect: ExpectedEntry
  /** How the outside world answered an HTTP writeback; `null` for others, and where a spec cannot say it. */
  readonly answer: GivenAnswer | null
  /** What was taken out as a secret. */
  readonly secrets: readonly string[]
  /** What else is not as it was. */
  readonly inexact: readonly string[]
}

/** A workflow that did not run at the beginning has started. */
export interface StartedMessage {
  readonly kind: 'started'
  readonly workflow: string
  /** When it had subscribed to what it waits for. */
  readonly at: Micros
}

/** A workflow's run is over, and with it what is recorded of it. */
export interface EndedMessage {
  readonly kind: 'ended'
  readonly workflow: string
  readonly at: Micros
  /** As a spec says it: what `call` returned, or `trapped` or `stuck`. */
  readonly exit: number | 'trapped' | 'stuck'
  /** For people. */
  readonly reason: string
}

/** The last one. */
export interface EndMessage {
  readonly kind: 'end'
  readonly at: Micros
  /** Workflows that had not come to the end of what was recorded when they were no longer waited for. */
  readonly unfinished: readonly string[]
}
