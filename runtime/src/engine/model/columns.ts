/**
 * Samples in columns: the one shape in which they travel, from whatever reads a frame, a body or a fixture through the intake to the
 * engine, the store and the journal. Columns are plain arrays of numbers, which cost nothing to read and can be sent between threads.
 */
import { assert } from './assert.ts'
import type { ProducerId } from './live-event.ts'
import type { Series } from './series.ts'
import type { SlungError } from './slung-error.ts'
import type { Micros } from './timestamp.ts'

/** Stands for "no connection": ids of connections count from 1. */
export const noProducer: ProducerId = 0

/**
 * Samples in order of arrival. The first `count` entries of each column count; a column may be longer.
 *
 * The columns belong to the maker of the batch, who may fill them again once the call that was given the batch has returned: copy what
 * you keep.
 */
export interface SampleBatch {
  readonly count: number
  /** Into a table of series that the maker names; for an engine or a store, ids that its `intern` returned. */
  readonly series: Uint32Array
  /** Microseconds since the Unix epoch: safe integers, checked by the maker. */
  readonly timestamps: Float64Array
  /** Finite, checked by the maker. */
  readonly values: Float64Array
  /** The connection each sample came from, or its number in a table that the maker names; `noProducer` = none. */
  readonly producers: Float64Array
}

/** What a batch needs of the engine while it is filled. Both refuse by throwing; the reader reports that and goes on. */
export interface SampleGate {
  /** The id under which samples of a series are added. @throws {SlungError} `too-many-series` */
  intern(series: Series): number

  /**
   * Up to when timestamps may be at this moment; asked again only for one that lies beyond.
   *
   * @throws {SlungError} `future-timestamp` when `timestamp` lies beyond
   */
  latestFor(timestamp: Micros): Micros
}

/** A batch that is being filled: where the readers of frames and bodies put their samples. */
export class SampleBatchBuilder implements SampleBatch {
  /** Given to the samples that are added from now on. */
  producer: ProducerId = noProducer
  readonly #gate: SampleGate
  #count = 0
  #series = new Uint32Array(capacityMin)
  #timestamps = new Float64Array(capacityMin)
  #values = new Float64Array(capacityMin)
  #producers = new Float64Array(capacityMin)
  #positions = new Float64Array(capacityMin)
  /** Timestamps up to here are certainly not too far in the future. */
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

  /** @throws {SlungError} `too-many-series` */
  intern(series: Series): number {
    return this.#gate.intern(series)
  }

  /**
   * Adds a sample.
   *
   * @param series - what `intern` returned
   * @param timestamp - a safe integer
   * @param value - finite
   * @param position - where it stood in what is read: the index in a frame, the line of a body
   * @throws {SlungError} `future-timestamp`; nothing is added then
   */
  add(series: number, timestamp: Micros, value: number, position: number): void {
    if (timestamp > this.#latest) this.#latest = this.#gate.latestFor(timestamp)
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

  /** Takes samples out again. @param refusals - ascending by index */
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

  /** Begins the next batch, in the same columns. */
  clear(): void {
    this.#count = 0
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
 * A copy of a column with more room: twice as much, so that growing costs a constant for each entry.
 *
 * @param lengthMin - how long it has to be at least
 * @param lengthMax - how long it may become at most
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

/** A frame of a socket has one event as a rule, a piece of a body hundreds. */
const capacityMin = 256
