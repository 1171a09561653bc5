/**
 * The messages between a guest's thread and the engine's while a workflow runs. All of them are structured-cloneable.
 */
import type { Arrived } from '../../engine/arrival/arrived.ts'
import type { SkippedSamples } from '../../engine/live/handle-table.ts'
import type { Lag } from '../../engine/live/serial-world.ts'
import type { Seed } from '../../engine/live/seed.ts'
import type { SampleColumns } from '../../engine/aggregate/sample-runs.ts'
import type { Series } from '../../engine/model/series.ts'
import type { LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { StateChange, StateValues } from '../../engine/model/state-values.ts'
import type { Query } from '../../engine/query/query.ts'
import type { HttpPolicyConfig } from '../config/runtime-config.ts'
import type { Moment, WroteHttp, WroteWs } from '../observe/observer.ts'

/** Sent to the guest's thread at the start of a run. */
export interface RunHostOptions {
  /** What the workflow remembers, by key. */
  readonly state: StateValues
  readonly environment: Readonly<Record<string, string>>
  readonly http: HttpPolicyConfig
  readonly tickMicros: number
  /** Most samples in the windows of its live queries. */
  readonly windowSamplesMax: number
  /** Where the run begins: everything up to here is revealed. */
  readonly start: { readonly position: number; readonly at: Micros }
  /** Shared; not 0 once the guest has to end. */
  readonly stopFlag: Int32Array<SharedArrayBuffer>
  /** Shared; not 0 while moments and HTTP exchanges are kept. */
  readonly momentFlag: Int32Array<SharedArrayBuffer>
  /** Shared; see `RunProgress`. */
  readonly progress: Float64Array<SharedArrayBuffer>
}

/** What the guest's thread knows after a run. */
export interface RunReport {
  /** Events, and samples that would have made some, which reached the thread and were not polled. */
  readonly unpolledCount: number
  /** As in `Moment`. */
  readonly arrival: number
  /** How far handles were behind because the guest polled others instead. */
  readonly lags: readonly Lag[]
  /** What the guest remembers differently since its last poll. */
  readonly stateChanges: readonly StateChange[]
}

/** How far a guest is. Everything it asks for is answered as of here. */
export interface Whereabouts {
  /** Position of the newest arrival that is revealed to it. */
  readonly arrival: number
  /** Everything that arrived up to this time is revealed too. */
  readonly tickedAt: Micros
  /** What `now` in its queries stands for. */
  readonly now: Micros
}

/** What the guest asks for; the answer is a promise on the guest's side. */
export type WorkflowRequest =
  /** Answered with `Subscribed`. `equal`: the handle whose window it shares, so that it needs no seed; `null` = none. */
  | {
      readonly kind: 'live'
      readonly handle: number
      readonly query: Query
      readonly where: Whereabouts
      readonly equal: number | null
    }
  /** Answered with the aggregate. */
  | { readonly kind: 'history'; readonly query: Query; readonly where: Whereabouts }
  /**
   * Answered with `Delivery`: as soon as samples arrive that concern the guest, or without any when `nextTick` is over.
   */
  | { readonly kind: 'poll'; readonly where: Whereabouts; readonly nextTick: Micros }
  /** Answered with `Written`. */
  | {
      readonly kind: 'write'
      readonly series: string
      readonly tags: readonly string[]
      readonly timestamp: Micros
      readonly value: number
      readonly moment: Moment | null
    }
  /** Answered with nothing. `now` as in `Whereabouts`. */
  | (WroteWs & { readonly now: Micros })

/** A series, before its id is used for the first time in a run. */
export interface AnnouncedSeries extends Series {
  readonly id: number
}

/** Ids of series that the guest's thread may not know yet. */
interface Announcing {
  readonly series: readonly AnnouncedSeries[]
}

export interface Subscribed extends Announcing {
  /** `null` where it shares a window. */
  readonly seed: Seed | null
  /** What concerns the query, has arrived, and was passed over. */
  readonly passed: Arrived
}

export interface Delivery extends Announcing {
  /** Announced series that are removed: nothing of them follows. */
  readonly forgotten: readonly number[]
  readonly arrived: Arrived
  /** What the guest misses, before that; `null` = nothing. */
  readonly skip: Skipped | null
  /** There are no samples, and the tick is over. */
  readonly isTick: boolean
}

/** The guest was too far behind: its live queries continue after what it misses. */
export interface Skipped {
  readonly position: number
  readonly at: Micros
  readonly live: readonly SkippedSamples[]
}

export interface Written extends Announcing {
  /** The id of the sample's series. */
  readonly id: number
}

/** The long columns of an answer to a request, which the engine has made for it alone. */
export function buffersOf(answer: unknown): ArrayBuffer[] {
  const { seed, passed, arrived, skip } = (answer ?? {}) as Partial<Subscribed & Delivery>
  const seeds = [seed, ...(skip?.live ?? []).map((skipped) => skipped.seed)]
  const blocks = seeds.flatMap((each) => (each?.kind === 'rolling' ? each.runs.blocks : []))
  return [...blocks.flatMap(buffersOfBlock), ...buffersOfArrived(passed), ...buffersOfArrived(arrived)]
}

function buffersOfArrived(arrived: Arrived | undefined): ArrayBuffer[] {
  return arrived === undefined || arrived.count === 0 ? [] : [arrived.series.buffer]
}

function buffersOfBlock({ timestamps, values }: SampleColumns): ArrayBuffer[] {
  return [timestamps.buffer, values.buffer]
}

/** What the guest's thread reports without waiting. */
export type WorkflowNotice =
  | { readonly kind: 'free'; readonly handle: number }
  /** What it remembers differently since its last poll; sent with the next one. */
  | { readonly kind: 'state'; readonly changes: readonly StateChange[] }
  | { readonly kind: 'log'; readonly stream: LogStream; readonly text: string }
  /** It was so far behind the clock that its position was moved. */
  | { readonly kind: 'late' }
  /** An HTTP writeback is over. */
  | WroteHttp
