/**
 * The contract of a live aggregate: fed with samples in order of arrival, it gives the value after each, for every
 * operator that reads it.
 *
 * `RunningAggregate` keeps everything that it ever counted; `SlidingWindow` forgets what leaves a rolling range.
 */
import type { Summary } from '../aggregate/summary.ts'
import type { ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Operator } from '../query/query.ts'

/** The fate of a sample: counted, older than the window, or outside a fixed span. */
export type Acceptance = 'counted' | 'late' | 'outside'

export interface Aggregate {
  /** Samples that it holds in memory; 0 where a summary is enough. */
  readonly sampleCount: number

  /** Keeps what `operator` reads, from now on. Only while nothing but its seed has been offered. */
  serve(operator: Operator): void

  /** Offers a sample; `producer` is `noProducer` for one without a connection. */
  accept(timestamp: Micros, value: number, producer: ProducerId): Acceptance

  /** The current aggregate, a finite number; meaningful once a sample has been counted. @param operator - that it serves */
  value(operator: Operator): number

  /** Open connections whose samples are in the aggregate, ascending, at most the 1,024 latest. Frozen by contract. */
  producers(): readonly ProducerId[]

  /** Counts samples that were not offered; only where nothing ever leaves the aggregate. */
  addMissed?(missed: Summary): void

  /** Forgets a closed connection. */
  closeProducer(producer: ProducerId): void
}
