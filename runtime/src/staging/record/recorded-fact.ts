/**
 * What a recording takes down on the engine's thread, as it happened and with all secrets. `Scribe` makes the messages
 * of it that leave the runtime. Structured-cloneable.
 */
import type { StateValues } from '../../engine/model/state-values.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SampleRuns } from '../../engine/aggregate/sample-runs.ts'
import { stateBytesMax } from '../../guest/contract/abi.ts'
import type { MadeWriteback } from './expected-entry.ts'
import type { BeginMessage, RecordMessage, SeriesMessage } from './record-protocol.ts'
import type { ClockWindow } from './variable-parts.ts'

export type RecordedFact =
  /** Nothing in it is secret. */
  | { readonly kind: 'message'; readonly message: RecordMessage }
  | SamplesFact
  | { readonly kind: 'made'; readonly workflow: string; readonly made: MadeWriteback; readonly clock: ClockWindow }
  | StateFact
  /** The recording begins with this, and then has the stored samples. */
  | { readonly kind: 'opened'; readonly begin: BeginMessage; readonly stored: StoredSamples }
  /** The stored samples cannot be read: nothing of the recording is told. */
  | { readonly kind: 'refused'; readonly error: string }
  /** Nothing follows. */
  | { readonly kind: 'over' }

/** Samples that arrived, in columns of the same length. */
export interface SamplesFact {
  readonly kind: 'samples'
  readonly at: Micros
  readonly writer: string | null
  readonly series: Uint32Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly values: Float64Array<ArrayBuffer>
  readonly producers: Float64Array<ArrayBuffer>
}

/** What a workflow remembered when its part of the recording began. */
export interface StateFact {
  readonly kind: 'state'
  readonly workflow: string
  readonly values: StateValues
  /** When it was read. */
  readonly clock: ClockWindow
}

/** Samples from the store. */
export interface StoredSamples {
  /** Of each run. */
  readonly series: readonly SeriesMessage[]
  readonly runs: SampleRuns
}

/** In the columns. */
const rowBytes = 28
const messageBytes = 256

/** About how many bytes a fact takes up until it is sent. Stored samples do not count: their number has its own limit. */
export function bytesOf(fact: RecordedFact): number {
  switch (fact.kind) {
    case 'samples':
      return messageBytes + fact.series.length * rowBytes
    case 'made':
      return messageBytes + madeBytes(fact.made)
    case 'state':
      return messageBytes + stateBytesMax
    default:
      return messageBytes
  }
}

function madeBytes(made: MadeWriteback): number {
  switch (made.kind) {
    case 'http':
      return made.url.length + made.body.bytes.length + (made.response?.bytes.length ?? 0)
    case 'ws':
      return made.text.length
    case 'event':
      return made.series.length + made.tags.reduce((sum, tag) => sum + tag.length, 0)
  }
}

/** The buffers of a fact that nobody else uses. */
export function buffersOf(fact: RecordedFact): ArrayBuffer[] {
  switch (fact.kind) {
    case 'samples':
      return [fact.series.buffer, fact.timestamps.buffer, fact.values.buffer, fact.producers.buffer]
    case 'opened':
      return fact.stored.runs.blocks.flatMap(({ timestamps, values }) => [timestamps.buffer, values.buffer])
    default:
      return []
  }
}
