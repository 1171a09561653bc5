/** The rows of an input on their way, while faults happen to them. Faults change them in place, or pick those that remain. */
import {
  orderOfArrival,
  pickIndexes,
  pickNumbers,
  pickRows,
  positionsOf,
  type FeedColumns,
} from '../run/feed-columns.ts'

/** All columns are equally long, by arrival. They belong to whom faults are applied for. */
export interface Deliveries {
  /** Which row of the input it is. */
  readonly rows: Uint32Array
  /** What chance knows it by: the row, or a random number for a copy. */
  readonly chanceKeys: Uint32Array
  readonly timestamps: Float64Array
  readonly arrives: Float64Array
  readonly producers: Float64Array
}

/** @param columns - are copied */
export function startDeliveries({ timestamps, arrives, producers }: FeedColumns): Deliveries {
  const rows = positionsOf(arrives.length)
  return {
    rows,
    chanceKeys: rows.slice(),
    timestamps: timestamps.slice(),
    arrives: arrives.slice(),
    producers: producers.slice(),
  }
}

/** The rows at these positions, in this order; a position may come more than once. */
export function pickDeliveries(deliveries: Deliveries, positions: Uint32Array): Deliveries {
  return {
    rows: pickIndexes(deliveries.rows, positions),
    chanceKeys: pickIndexes(deliveries.chanceKeys, positions),
    timestamps: pickNumbers(deliveries.timestamps, positions),
    arrives: pickNumbers(deliveries.arrives, positions),
    producers: pickNumbers(deliveries.producers, positions),
  }
}

/** By arrival, ties as they stand. */
export function sortDeliveries(deliveries: Deliveries): Deliveries {
  const order = orderOfArrival(deliveries.arrives)
  return order === null ? deliveries : pickDeliveries(deliveries, order)
}

/** The rows as they came out of it. @param columns - those that `startDeliveries` got */
export function finishDeliveries(
  { rows, timestamps, arrives, producers }: Deliveries,
  columns: FeedColumns,
): FeedColumns {
  return { ...pickRows(columns, rows), timestamps, arrives, producers }
}
