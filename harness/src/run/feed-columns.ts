/** The rows of a feed in columns, while they are put in order. Plain arrays, safe to send between threads. */
import type { SampleBatch } from '@slung/runtime'

/**
 * The samples of a feed as one batch, and the origin of each. All columns are `count` long, with one entry per row;
 * `series` holds positions in the series of the feed.
 */
export interface FeedColumns extends SampleBatch {
  /** When the row reaches the runtime, in microseconds since the Unix epoch. */
  readonly arrives: Float64Array
  /** The line in the fixture, from 1; 0 for rows that no file has. */
  readonly lines: Uint32Array
  /** Positions in the fixtures of the feed. */
  readonly fixtureIndexes: Uint32Array
}

/** Sorts by arrival, keeping ties in order. Returns `columns` itself if it is in order. */
export function inOrderOfArrival<Columns extends FeedColumns>(columns: Columns): Columns {
  const { count, arrives } = columns
  if (arrives.every((time, row) => row === 0 || time >= arrives[row - 1]!)) return columns
  return pickRows(
    columns,
    positionsOf(count).sort((left, right) => arrives[left]! - arrives[right]! || left - right),
  )
}

/** 0, 1, 2, … `rowCount − 1`. */
export function positionsOf(rowCount: number): Uint32Array {
  const positions = new Uint32Array(rowCount)
  for (let position = 0; position < rowCount; position++) positions[position] = position
  return positions
}

/** The rows at these positions of every column, in this order; a position may occur more than once. */
export function pickRows<Columns extends FeedColumns>(columns: Columns, positions: Uint32Array): Columns {
  const picked: { [name in keyof Columns]?: unknown } = {}
  for (const name of Object.keys(columns) as (keyof Columns)[]) {
    const column: unknown = columns[name]
    const isColumn = column instanceof Float64Array || column instanceof Uint32Array
    picked[name] = isColumn ? pickEntries(column, positions) : positions.length
  }
  return picked as Columns
}

function pickEntries(column: Float64Array | Uint32Array, positions: Uint32Array): Float64Array | Uint32Array {
  const length = positions.length
  const picked = column instanceof Float64Array ? new Float64Array(length) : new Uint32Array(length)
  for (let index = 0; index < length; index++) picked[index] = column[positions[index]!]!
  return picked
}
