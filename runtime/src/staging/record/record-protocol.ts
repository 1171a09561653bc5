/**
 * What the runtime sends to a recorder over a WebSocket at `/record`, one JSON text per message. The recorder sends one
 * thing, `stop`, and gets everything up to that moment, and then `end`.
 *
 * Secrets are taken out before anything is sent: everyone who may connect may record.
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
  | StateMessage
  | StartedMessage
  | EndedMessage
  /** A connection closed. */
  | { readonly kind: 'closed'; readonly producer: ProducerId; readonly at: Micros }
  | BehindMessage
  | LimitedMessage
  | FinishedMessage
  | EndMessage

/** The first message. */
export interface BeginMessage {
  readonly kind: 'begin'
  readonly at: Micros
  /** Version of the runtime. */
  readonly version: string
  readonly workflows: readonly RecordedWorkflow[]
}

export interface RecordedWorkflow {
  readonly name: string
  /** Its absolute path on the runtime's machine. */
  readonly file: string
  readonly tickMillis: number
  /** Names of its environment variables. */
  readonly variables: readonly string[]
  /** When its run began; `null` = it is not running, and `started` follows if it does run. */
  readonly runningSince: Micros | null
  /** Its live queries that aggregate everything since their subscription. */
  readonly runningQueries: readonly string[]
}

/** Sent before the first sample of a series. */
export interface SeriesMessage {
  readonly kind: 'series'
  readonly id: number
  readonly name: string
  readonly tags: readonly string[]
}

/** Samples from the store, oldest first. */
export interface HistoryMessage {
  readonly kind: 'history'
  readonly rows: readonly (readonly [series: number, timestamp: Micros, value: number])[]
}

/** Samples in the order in which they were taken. */
export interface SamplesMessage {
  readonly kind: 'samples'
  /** When they were taken. Never goes back; later than in the previous message when that had another writer. */
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
  /** How the outside world answered an HTTP writeback; `null` for others, and where a spec cannot express it. */
  readonly answer: GivenAnswer | null
  /** What was taken out as a secret. */
  readonly secrets: readonly string[]
  /** What else differs from what happened. */
  readonly inexact: readonly string[]
}

/** What a workflow remembered when its part of the recording began. Not sent when that was nothing. */
export interface StateMessage {
  readonly kind: 'state'
  readonly workflow: string
  readonly values: readonly (readonly [key: string, text: string])[]
  /** Keys whose values a spec cannot express: they are no text. */
  readonly bytes: readonly string[]
  /** What was taken out as a secret. */
  readonly secrets: readonly string[]
}

/** A workflow that was not running at the beginning has started. */
export interface StartedMessage {
  readonly kind: 'started'
  readonly workflow: string
  /** Everything that arrived before is history to it. */
  readonly at: Micros
}

/** A workflow's run is over, and with it what is recorded of it. */
export interface EndedMessage {
  readonly kind: 'ended'
  readonly workflow: string
  readonly at: Micros
  /** In the form of a spec: what `call` returned, or `trapped` or `stuck`. */
  readonly exit: number | 'trapped' | 'stuck'
  /** For people. */
  readonly reason: string
}

/** After the end of the recording, a workflow has done everything that it does about the samples in it. */
export interface FinishedMessage {
  readonly kind: 'finished'
  readonly workflow: string
  /** How far it had come in its time: it may wait for answers longer than the recording lasted. */
  readonly at: Micros
  /** Whether it left Events unpolled. */
  readonly isHolding: boolean
}

/** A workflow is so far behind that it may see something else than its replay. */
export interface BehindMessage {
  readonly kind: 'behind'
  readonly workflow: string
}

/** A workflow was refused something, or ended, because of a limit that its replay would not meet. */
export interface LimitedMessage {
  readonly kind: 'limited'
  readonly workflow: string
}

/** The last message. */
export interface EndMessage {
  readonly kind: 'end'
  readonly at: Micros
  /** Workflows that had not reached the end of what was recorded when the runtime stopped waiting for them. */
  readonly unfinished: readonly string[]
}
