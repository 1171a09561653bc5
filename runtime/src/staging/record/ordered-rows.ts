/** Stored samples of many series in order of time: merged in columns, because a million rows as objects fill a heap. */
import type { StoredSamples } from './recorded-fact.ts'

export interface OrderedRows {
  /** Columns of the same length. */
  readonly ids: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** The rows, oldest first; equal timestamps in ascending order of series id. */
  readonly order: Uint32Array
}

export function orderedRows({ series, runs: { counts, blocks } }: StoredSamples): OrderedRows {
  const count = blocks.reduce((sum, { values }) => sum + values.length, 0)
  const rows = { ids: new Uint32Array(count), timestamps: new Float64Array(count), values: new Float64Array(count) }
  let filled = 0
  for (const { timestamps, values } of blocks) {
    rows.timestamps.set(timestamps, filled)
    rows.values.set(values, filled)
    filled += values.length
  }
  // Where the runs begin, and where the last one ends.
  const bounds = [0]
  let end = 0
  for (const [run, { id }] of series.entries()) {
    const start = end
    end += counts[run]!
    rows.ids.fill(id, start, end)
    bounds.push(end)
  }
  return { ...rows, order: merge(rows, bounds) }
}

/** Merges neighbours, until one run is left. */
function merge({ ids, timestamps }: Omit<OrderedRows, 'order'>, runBounds: readonly number[]): Uint32Array {
  let from = new Uint32Array(ids.length)
  for (let row = 0; row < from.length; row++) from[row] = row
  let to = new Uint32Array(ids.length)
  let bounds = runBounds
  const isFirst = (left: number, right: number): boolean =>
    timestamps[left] === timestamps[right] ? ids[left]! < ids[right]! : timestamps[left]! < timestamps[right]!
  while (bounds.length > 2) {
    const merged = [0]
    for (let run = 0; run + 1 < bounds.length; run += 2) {
      let left = bounds[run]!
      const middle = bounds[run + 1]!
      let right = middle
      const end = bounds[run + 2] ?? middle
      for (let at = left; at < end; at++) {
        const isLeft = right === end || (left < middle && isFirst(from[left]!, from[right]!))
        to[at] = from[isLeft ? left++ : right++]!
      }
      merged.push(end)
    }
    ;[from, to] = [to, from]
    bounds = merged
  }
  return from
}
