/**
 * Reports what happens in staging to those who observe it: recordings, the counters behind `/metrics`, the log. An
 * observer implements the methods for what it wants to hear of, and is added to the one hub of the runtime,
 * `Observers`.
 *
 * **Order.** Reports come in the order in which things happen, each to all observers in the order in which they were
 * added. Samples are reported when the engine has them and live queries have their Events, but before any workflow acts
 * on them: anything a workflow does about a sample is reported after that sample. What one workflow does is reported in
 * the order in which it did it; what several do, in the order in which the engine's thread hears of it.
 *
 * **Thread.** All reports are made on the engine's thread, synchronously, in the middle of what happens. So an observer
 * is quick, never throws, and only looks: without it the same would have happened. What it receives is valid until it
 * returns; it copies what it keeps. It may add and remove observers, itself included.
 *
 * **Cost.** Where no observer listens, a report costs a look at a list: for samples once per batch, not once per
 * sample. Expensive facts are left out until an observer asks for them (`Moment`).
 */
import type { SampleBatch } from '../../engine/model/columns.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import type { SlungErrorCode } from '../../engine/model/slung-error-code.ts'
import type { HttpMethod, LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { GuestOutcome } from '../../guest/contract/guest-outcome.ts'

export interface Observer {
  /**
   * Samples were taken; at least one.
   *
   * @param writer - the workflow that wrote them; `null` = they came from outside
   * @param at - when they arrived: never before what arrived earlier, and later than what another writer's did
   */
  samples?(batch: SampleBatch, writer: string | null, at: Micros): void
  /** An event turn is over in which samples may have been taken, and the workflows that waited for them are awake. */
  turnEnded?(): void
  /** Frames, events or lines were not taken; `count` may be 0. */
  refused?(reason: SlungErrorCode, count: number): void
  /**
   * A group commit has succeeded. Acknowledgements follow.
   *
   * @param sampleCount - samples that waited for it; may be 0
   */
  committed?(sampleCount: number, durationMillis: number): void
  /** Commits begin to fail, fail for another reason, or work again (`null`). */
  storeFailing?(failure: SlungError | null): void
  /** The process exceeds its ceiling of memory (`found` says by how much), or has room again (`null`). */
  shortOfMemory?(found: string | null): void
  /** Retention has removed samples, and series of which nothing is left; at least one of either. */
  retained?(sampleCount: number, seriesCount: number): void

  /** A producer has connected. */
  connected?(producer: ProducerId): void
  /** Its connection is closed, and nothing more comes from it. @param at - after everything that came over it */
  disconnected?(producer: ProducerId, at: Micros): void
  /** It does not read what is sent to it, so its connection is being closed. */
  cutOff?(producer: ProducerId): void
  /** A request or upgrade was turned away. @param path - without its query; of any length */
  denied?(path: string, status: number, reason: string): void
  /** A recording begins, is over, or is cut off because its recorder does not keep up. */
  recording?(step: RecordingStep): void

  /**
   * A run of a workflow begins.
   *
   * @param at - everything that arrived before is revealed to it, and nothing that arrives from then on
   * @param isRestart - after one that failed
   */
  started?(workflow: string, at: Micros, isRestart: boolean): void
  /** These have been running for a while and have not polled since the runtime started: their samples wait. */
  late?(workflows: readonly string[]): void
  /** It asks for Events that its thread does not have yet, so it has subscribed to everything it waits for. */
  polled?(workflow: string): void
  /**
   * It is so far behind that not everything it sees is as of its position.
   *
   * @param what - `samples`: it misses some; `position`: subscriptions and questions about the past see later samples;
   *   `clock`: it was moved closer to the clock
   * @param missedCount - Events that it will not get
   */
  fellBehind?(workflow: string, what: Behind, missedCount: number): void
  /** It was refused something or ended because of a limit that its replay would not meet. */
  limited?(workflow: string): void
  /** It printed a line, or the host has a message for its author (stream `host`; may have several lines). */
  printed?(workflow: string, stream: LogStream, text: string): void
  /** It wrote back: the text is with the connection, the sample in the engine, the HTTP exchange over. */
  wrote?(workflow: string, writeback: Writeback): void
  /** Its run is over. */
  ended?(workflow: string, end: RunEnd): void
}

/** In what way a workflow is behind; see `fellBehind`. */
export type Behind = 'samples' | 'position' | 'clock'

export type RecordingStep = 'began' | 'cut-off' | 'over'

/** Where in a run something happened. `null` unless an observer has the workflow keep moments. */
export interface Moment {
  /** Position, in order of arrival, of the newest sample that was revealed to the guest. */
  readonly arrival: number
  /** The guest's clock when its latest poll was answered (at first, when the run began), and when this happened. */
  readonly polledAt: Micros
  readonly madeAt: Micros
}

/** What a workflow wrote. */
export type Writeback = WroteHttp | WroteWs | WroteEvent

export interface WroteHttp {
  readonly kind: 'http'
  readonly method: HttpMethod
  /** Without its query, which may hold secrets. */
  readonly url: string
  /** 0 = no response. */
  readonly status: number
  readonly durationMillis: number
  /** `null` unless moments are kept. */
  readonly exchange: HttpExchange | null
}

export interface WroteWs {
  readonly kind: 'ws'
  readonly producer: ProducerId
  readonly text: string
  readonly moment: Moment | null
}

export interface WroteEvent {
  readonly kind: 'event'
  readonly series: string
  readonly tags: readonly string[]
  readonly timestamp: Micros
  readonly value: number
  readonly moment: Moment | null
}

/** Everything about an HTTP writeback. */
export interface HttpExchange {
  readonly moment: Moment
  /** All of it. */
  readonly url: string
  readonly body: CutBody
  /** `null` = no response. */
  readonly response: CutBody | null
  /** How far the wait has moved the position of the workflow in time, as it does in a replay. */
  readonly waitMicros: Micros
  /** The time limit, if the response exceeded it; `null` = it arrived, or failed otherwise. */
  readonly timeoutMillis: number | null
}

/** The beginning of an HTTP body. */
export interface CutBody {
  /** At most `bodyBytesMax`. */
  readonly bytes: Uint8Array
  /** Of the whole body. */
  readonly byteLength: number
}

/** Bytes kept of one body. */
export const bodyBytesMax: number = 64 * 1024

/** Copies what is kept: the rest may be large, and belongs to the caller. */
export function cutBody(bytes: Uint8Array): CutBody {
  return { bytes: bytes.slice(0, bodyBytesMax), byteLength: bytes.length }
}

/** The host's word for a run that ended in an orderly stop of the workflow: `outcome` of a `GuestOutcome` `ended`. */
export const stoppedOutcome = 'stopped'

export interface RunEnd {
  readonly outcome: GuestOutcome
  readonly at: Micros
  /** Of the newest sample that the guest knew, as in `Moment`; `null` = unknown. */
  readonly arrival: number | null
  /** Time until it restarts; `null` = it does not. */
  readonly restartMillis: number | null
}
