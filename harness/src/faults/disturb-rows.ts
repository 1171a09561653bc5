/** What a fault does to rows: it picks those it may affect, lets chance decide, and changes them. */
import { formatTimestamp, type Micros } from '@slung/runtime'
import { pickRows, positionsOf, type FeedColumns } from '../run/feed-columns.ts'
import { resolveTime } from '../run/time-or-offset.ts'
import { Chance } from './chance.ts'
import { badFault, checkTime } from './fault-error.ts'
import type { RowFault, Share } from './fault.ts'

/** The rows of an input on their way, by arrival. Faults change columns in place, or pick the rows that remain. */
export interface Deliveries extends FeedColumns {
  /** What chance knows a row by: its position in the input, or a random number for a copy. */
  readonly chanceKeys: Uint32Array
}

export interface RowChance {
  readonly seed: number
  /** How many faults of this kind come before: faults of one kind are independent of each other. */
  readonly nth: number
}

/**
 * Applies a fault. Changes `deliveries`; arrivals may then be out of order.
 *
 * @param candidates - positions of the rows that the fault is narrowed to, ascending
 * @param start - of the run
 * @throws {SlungError} `bad-fault` when no row could be affected
 */
export function disturbRows(
  fault: RowFault,
  deliveries: Deliveries,
  candidates: Uint32Array,
  start: Micros,
  { seed, nth }: RowChance,
): Deliveries {
  const { arrives, timestamps, chanceKeys } = deliveries
  const chanceOf = (purpose: string): Chance => new Chance(seed, `${fault.kind} ${nth} ${purpose}`)
  if (candidates.length === 0) {
    throw badFault(fault, 'it touches no row of the input: no row is left that it could affect')
  }
  switch (fault.kind) {
    case 'duplicate': {
      const hits = pickByChance(deliveries, candidates, fault.share, chanceOf('share'))
      return duplicate(deliveries, hits, chanceOf('copies'))
    }
    case 'drop':
      return without(deliveries, pickByChance(deliveries, candidates, fault.share, chanceOf('share')))
    case 'late':
    case 'reorder': {
      const jitter = chanceOf('delay')
      for (const position of pickByChance(deliveries, candidates, fault.share, chanceOf('share'))) {
        const part = fault.kind === 'late' ? 1 : jitter.fractionFor(chanceKeys[position]!)
        arrives[position] = checkTime(fault, arrives[position]! + Math.round(part * fault.micros))
      }
      return deliveries
    }
    case 'skew':
      for (const position of candidates) {
        timestamps[position] = checkTime(fault, timestamps[position]! + fault.micros)
      }
      return deliveries
    case 'gap':
    case 'burst': {
      const from = checkTime(fault, resolveTime(fault.at, start))
      const to = checkTime(fault, from + fault.micros)
      const hits = candidates.filter((position) => arrives[position]! >= from && arrives[position]! < to)
      if (hits.length === 0) {
        const window = `from ${formatTimestamp(from)} on and before ${formatTimestamp(to)}`
        throw badFault(fault, `it touches no row of the input: no row arrives ${window}`)
      }
      if (fault.kind === 'gap') return without(deliveries, hits)
      for (const position of hits) arrives[position] = to
      return deliveries
    }
  }
}

function pickByChance({ chanceKeys }: Deliveries, candidates: Uint32Array, share: Share, chance: Chance): Uint32Array {
  return candidates.filter((position) => chance.fractionFor(chanceKeys[position]!) < share)
}

/** Every copy comes right behind its row, and has its own chance in later faults. */
function duplicate(deliveries: Deliveries, hits: Uint32Array, chance: Chance): Deliveries {
  const rowCount = deliveries.count
  const positions = new Uint32Array(rowCount + hits.length)
  const copies: number[] = []
  let hit = 0
  for (let position = 0; position < rowCount; position++) {
    positions[position + hit] = position
    if (hits[hit] !== position) continue
    hit++
    positions[position + hit] = position
    copies.push(position + hit)
  }
  const doubled = pickRows(deliveries, positions)
  for (const copy of copies) doubled.chanceKeys[copy] = chance.keyFrom(doubled.chanceKeys[copy]!)
  return doubled
}

function without(deliveries: Deliveries, hits: Uint32Array): Deliveries {
  const isHit = new Uint8Array(deliveries.count)
  for (const position of hits) isHit[position] = 1
  return pickRows(
    deliveries,
    positionsOf(isHit.length).filter((position) => isHit[position] === 0),
  )
}
