/**
 * Events on their way from the engine's thread to a guest's: columns, because a batch of objects costs fifteen times as
 * much to clone. What repeats (tags, producers) is sent once per batch and referenced by number.
 */
import type { LiveEvent, ProducerId } from '../../engine/model/live-event.ts'

/** All columns are `count` long; ordered by arrival. Structured-cloneable. */
export interface EventBatch {
  readonly count: number
  readonly handles: Float64Array
  /** The same for all Events of one sample. */
  readonly arrivals: Float64Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** Indexes into `tagLists`. */
  readonly tags: Uint32Array
  /** Indexes into `producerLists`. */
  readonly producers: Uint32Array
  readonly tagLists: readonly (readonly string[])[]
  readonly producerLists: readonly (readonly ProducerId[])[]
}

/** Assembles a batch. */
export class EventBatchBuilder {
  readonly #handles: number[] = []
  readonly #arrivals: number[] = []
  readonly #timestamps: number[] = []
  readonly #values: number[] = []
  readonly #tags: number[] = []
  readonly #producers: number[] = []
  // By identity: the arrays of Events are shared and frozen by contract.
  readonly #tagLists = new Map<readonly string[], number>()
  readonly #producerLists = new Map<readonly ProducerId[], number>()

  add(handle: number, arrival: number, event: LiveEvent): void {
    this.#handles.push(handle)
    this.#arrivals.push(arrival)
    this.#timestamps.push(event.timestamp)
    this.#values.push(event.value)
    this.#tags.push(numberOf(this.#tagLists, event.tags))
    this.#producers.push(numberOf(this.#producerLists, event.producers))
  }

  finish(): EventBatch {
    return {
      count: this.#handles.length,
      handles: Float64Array.from(this.#handles),
      arrivals: Float64Array.from(this.#arrivals),
      timestamps: Float64Array.from(this.#timestamps),
      values: Float64Array.from(this.#values),
      tags: Uint32Array.from(this.#tags),
      producers: Uint32Array.from(this.#producers),
      tagLists: [...this.#tagLists.keys()],
      producerLists: [...this.#producerLists.keys()],
    }
  }
}

/** One Event of a batch. */
export function eventAt(batch: EventBatch, index: number): LiveEvent {
  return {
    timestamp: batch.timestamps[index]!,
    value: batch.values[index]!,
    tags: batch.tagLists[batch.tags[index]!]!,
    producers: batch.producerLists[batch.producers[index]!]!,
  }
}

function numberOf<List>(lists: Map<List, number>, list: List): number {
  let index = lists.get(list)
  if (index === undefined) {
    index = lists.size
    lists.set(list, index)
  }
  return index
}
