/** When the rows of a fixture are sent: in the order and at the times of their arrival in the file. */
import type { Fixture } from '../engine/fixture/fixture.ts'
import type { Micros } from '../engine/model/timestamp.ts'

/** Rows by `arrives`, ties in file order: the order of a replay. */
export function orderByArrival({ arrives }: Pick<Fixture, 'arrives'>): Uint32Array {
  const rows = Uint32Array.from(arrives.keys())
  if (arrives.every((time, row) => row === 0 || time >= arrives[row - 1]!)) return rows
  return rows.sort((left, right) => arrives[left]! - arrives[right]! || left - right)
}

/**
 * Returns how long after the first row a row is due, in milliseconds.
 *
 * @param pace - how many times faster than it happened; `null` = immediately
 */
export function dueMillis(arrives: Micros, firstArrives: Micros, pace: number | null): number {
  return pace === null ? 0 : (arrives - firstArrives) / 1000 / pace
}
