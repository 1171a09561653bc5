/**
 * Samples in columns: the one shape in which they travel, from the readers of frames, bodies and fixtures through the
 * intake to the engine, the store and the journal. Columns are plain arrays of numbers: cheap to read, and safe to send
 * between threads.
 */
import { assert } from './assert.ts'
import type { ProducerId } from './live-event.ts'
import type { Series } from './series.ts'
import type { SlungError } from './slung-error.ts'
import type { Micros } from './timestamp.ts'

/** Stands for "no connection"; connection ids count from 1. */
export const noProducer: ProducerId = 0

/**
 * Samples in order of arrival. The first `count` entries of each column are in use; a column may be longer.
 *
 * The columns belong to the maker of the batch, which may refill them once the call that received the batch has
 * returned: copy what you keep.
 */
export interface SampleBatch {
  readonly count: number
  /** Positions in a table of series that the maker names; for an engine or a store, ids that its `intern` returned. */
  readonly series: Uint32Array
  /** Microseconds since the Unix epoch: safe integers, checked by the maker. */
  readonly timestamps: Float64Array
  /** Finite, checked by the maker. */
  readonly values: Float64Array
  /** The connection that each sample came from, or its number in a table that the maker names; `noProducer` = none. */
  readonly producers: Float64Array
}

/**
 * What a batch needs from the engine while it is filled. Both methods refuse by throwing; the reader reports that and
 * continues.
 */
export interface SampleGate {
  /** The id under which samples of a series are added. @throws {SlungError} `too-many-series`, `too-many-labels` */
  intern(series: Series): number

  /**
   * The latest timestamp accepted at this moment; called again only for a timestamp beyond it.
   *
   * @throws {SlungError} `future-timestamp` when `timestamp` lies beyond
   */
  latestFor(timestamp: Micros): Micros

  /** How often series were removed; those that `intern` returned before may be among them. Never, unless given. */
  readonly removalCount?: number
}

/** A batch under construction, filled by the readers of frames and bodies. */
export class SampleBatchBuilder implements SampleBatch {
  /** The producer of the samples added from now on. */
  producer: ProducerId = noProducer
  readonly #gate: SampleGate
  #count = 0
  #series = new Uint32Array(capacityMin)
  #timestamps = new Float64Array(capacityMin)
  #values = new Float64Array(capacityMin)
  #producers = new Float64Array(capacityMin)
  #positions = new Float64Array(capacityMin)
  /** Timestamps up to this one are known not to be too far in the future. */
  #latest: Micros = Number.NEGATIVE_INFINITY

  constructor(gate: SampleGate) {
    this.#gate = gate
  }

  get count(): number {
    return this.#count
  }

  get series(): Uint32Array {
    return this.#series
  }

  get timestamps(): Float64Array {
    return this.#timestamps
  }

  get values(): Float64Array {
    return this.#values
  }

  get producers(): Float64Array {
    return this.#producers
  }

  /** Changes when series were removed: ids that `intern` returned before must be looked up again. */
  get removalCount(): number {
    return this.#gate.removalCount ?? 0
  }

  /**
   * The number of a series for `add`.
   *
   * @param timestamp - of the sample: one that is refused must not leave a new series behind
   * @throws {SlungError} `future-timestamp`, `too-many-series`, `too-many-labels`
   */
  intern(series: Series, timestamp: Micros): number {
    this.#checkTime(timestamp)
    return this.#gate.intern(series)
  }

  /**
   * Adds a sample.
   *
   * @param series - what `intern` returned
   * @param timestamp - a safe integer
   * @param value - finite
   * @param position - its place in the input: the index in a frame, the line of a body
   * @throws {SlungError} `future-timestamp`, without adding anything
   */
  add(series: number, timestamp: Micros, value: number, position: number): void {
    this.#checkTime(timestamp)
    const index = this.#count
    if (index === this.#series.length) this.#grow()
    this.#series[index] = series
    this.#timestamps[index] = timestamp
    this.#values[index] = value
    this.#producers[index] = this.producer
    this.#positions[index] = position
    this.#count = index + 1
  }

  /** The `position` of a sample. */
  positionOf(index: number): number {
    return this.#positions[index]!
  }

  /** Removes samples. @param refusals - ascending by index */
  remove(refusals: readonly AppendRefusal[]): void {
    let kept = 0
    let next = 0
    for (let index = 0; index < this.#count; index++) {
      if (refusals[next]?.index === index) {
        next++
        continue
      }
      for (const column of [this.#series, this.#timestamps, this.#values, this.#producers, this.#positions])
        column[kept] = column[index]!
      kept++
    }
    this.#count = kept
  }

  /** Starts the next batch, in the same columns. */
  clear(): void {
    this.#count = 0
  }

  #checkTime(timestamp: Micros): void {
    if (timestamp > this.#latest) this.#latest = this.#gate.latestFor(timestamp)
  }

  #grow(): void {
    this.#series = grownColumn(this.#series)
    this.#timestamps = grownColumn(this.#timestamps)
    this.#values = grownColumn(this.#values)
    this.#producers = grownColumn(this.#producers)
    this.#positions = grownColumn(this.#positions)
  }
}

/** A sample of a batch that a store could not take. */
export interface AppendRefusal {
  readonly index: number
  readonly error: SlungError
}

type Column = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>

/**
 * A copy of a column with more room: twice as much, so that growing costs amortised constant time per entry.
 *
 * @param lengthMin - the least length it may have
 * @param lengthMax - the greatest length it may have
 */
export function grownColumn<Kind extends Column>(
  column: Kind,
  lengthMin = 0,
  lengthMax: number = Number.MAX_SAFE_INTEGER,
): Kind {
  const length = Math.min(Math.max(2 * column.length, lengthMin), lengthMax)
  assert(length > column.length, 'a column grows')
  const grown = new (column.constructor as new (length: number) => Kind)(length)
  grown.set(column)
  return grown
}

/** A socket frame usually has one event, a piece of a body hundreds. */
const capacityMin = 256
