/** The rows of a feed in columns, while they are put in order. Plain arrays, safe to send between threads. */
import type { SampleBatch } from '@slung/runtime'

/**
 * The samples of a feed as one batch, and the origin of each. All columns are `count` long, with one entry per row;
 * `series` holds positions in the series of the feed.
 */
export interface FeedColumns extends SampleBatch {
  /** When the row reaches the runtime, in microseconds since the Unix epoch. */
  readonly arrives: Float64Array
  /** The line in the fixture, from 1. */
  readonly lines: Uint32Array
  /** Positions in the fixtures of the feed. */
  readonly fixtureIndexes: Uint32Array
}

/** Sorts by arrival, keeping ties in order. Returns `columns` itself if it is in order. */
export function inOrderOfArrival(columns: FeedColumns): FeedColumns {
  const order = orderOfArrival(columns.arrives)
  return order === null ? columns : pickRows(columns, order)
}

/** The positions of all rows by arrival, with ties in order; `null` if the rows are in order. */
export function orderOfArrival(arrives: Float64Array): Uint32Array | null {
  if (arrives.every((time, row) => row === 0 || time >= arrives[row - 1]!)) return null
  return positionsOf(arrives.length).sort((left, right) => arrives[left]! - arrives[right]! || left - right)
}

/** 0, 1, 2, … `rowCount − 1`. */
export function positionsOf(rowCount: number): Uint32Array {
  const positions = new Uint32Array(rowCount)
  for (let position = 0; position < rowCount; position++) positions[position] = position
  return positions
}

/** The rows at these positions, in this order; a position may occur more than once. */
export function pickRows(columns: FeedColumns, positions: Uint32Array): FeedColumns {
  return {
    count: positions.length,
    timestamps: pickNumbers(columns.timestamps, positions),
    arrives: pickNumbers(columns.arrives, positions),
    values: pickNumbers(columns.values, positions),
    series: pickIndexes(columns.series, positions),
    producers: pickNumbers(columns.producers, positions),
    lines: pickIndexes(columns.lines, positions),
    fixtureIndexes: pickIndexes(columns.fixtureIndexes, positions),
  }
}

/** The entries of one column at these positions, in this order. */
export function pickNumbers(column: Float64Array, positions: Uint32Array): Float64Array {
  return fillFrom(new Float64Array(positions.length), column, positions)
}

/** Like `pickNumbers`, for a column of indexes. */
export function pickIndexes(column: Uint32Array, positions: Uint32Array): Uint32Array {
  return fillFrom(new Uint32Array(positions.length), column, positions)
}

function fillFrom<Column extends Float64Array | Uint32Array>(
  target: Column,
  column: Column,
  positions: Uint32Array,
): Column {
  for (let index = 0; index < positions.length; index++) target[index] = column[positions[index]!]!
  return target
}
