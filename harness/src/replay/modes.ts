/** How a replay treats time and delivery: what would make the same spec mean something else, named in every report. */
import type { Micros } from '@slung/runtime'

/**
 * How Events reach a slow guest: `queue` keeps them in order, as staging does; `latest` keeps one for each handle, in which
 * all others coalesce.
 */
export type Delivery = 'queue' | 'latest'

/** The end of a run past its input: a time, or so many microseconds after the last row has arrived. */
export type Until = { readonly at: Micros } | { readonly afterEnd: Micros }

/** What a spec or a test asks for. */
export interface RequestedModes {
  /** When the workflow starts; `null` = when the first row arrives. */
  readonly start: Micros | null
  /** Most microseconds (≥ 1) that pass in a poll without a row; `null` = as many as there are. */
  readonly tick: Micros | null
  /** `null` = the run ends with its input. */
  readonly until: Until | null
  readonly delivery: Delivery
  /** Of the guest's random numbers and of faults. */
  readonly seed: number
}

export const modesDefault: RequestedModes = { start: null, tick: null, until: null, delivery: 'queue', seed: 1 }

/** The same, once the input is known. */
export interface ReplayModes {
  readonly start: Micros
  readonly tick: Micros | null
  readonly until: Micros | null
  readonly delivery: Delivery
  readonly seed: number
}

/** @param arrives - of all rows, ascending */
export function resolveModes(requested: RequestedModes, arrives: Float64Array): ReplayModes {
  const { tick, until, delivery, seed } = requested
  const start = requested.start ?? arrives[0] ?? 0
  const end = Math.max(start, arrives.at(-1) ?? start)
  return {
    start,
    tick,
    until: until === null ? null : 'at' in until ? until.at : end + until.afterEnd,
    delivery,
    seed,
  }
}
