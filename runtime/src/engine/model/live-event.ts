/** One update of a live query, as a guest sees it (on the wire: one JSON object, see `docs/abi.md`). */
import type { Micros } from './timestamp.ts'

/** Identifies a connection that sends samples and may receive writebacks. Counts from 1, never reused. */
export type ProducerId = number

/** Frozen by contract: neither the engine nor a reader changes it or its arrays after delivery. */
export interface LiveEvent {
  /** The sample's time. */
  readonly timestamp: Micros
  /** The aggregate after this sample; finite. */
  readonly value: number
  /** The sample's tags, sorted. Shared by all events of one series. */
  readonly tags: readonly string[]
  /** Open connections that contributed to the aggregate as it stands, ascending, at most 1,024. */
  readonly producers: readonly ProducerId[]
}
