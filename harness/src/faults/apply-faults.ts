/**
 * Applies faults to an input before it is replayed: one after the other, as they are listed, each to what the previous
 * ones have left. The result is an input like any other, so nothing else needs to know about faults.
 */
import { formatTimestamp, type Micros, type Series } from '@slung/runtime'
import { inOrderOfArrival, positionsOf, type FeedColumns } from '../run/feed-columns.ts'
import { resolveTime, type TimeOrOffset } from '../run/time-or-offset.ts'
import { Connections, type Closing } from './connections.ts'
import { disturbRows, type Deliveries } from './disturb-rows.ts'
import { badFault, checkName, checkTime } from './fault-error.ts'
import type { ConnectionFault, Fault, RowFault } from './fault.ts'

export type { Closing } from './connections.ts'

/** What faults need to know about the run. */
export interface FaultContext {
  /** When the run starts. */
  readonly start: Micros
  /** When it ends, an offset counting from the last row; `null` = with the last row. */
  readonly until: TimeOrOffset | null
  /** Any integer; its low 32 bits count. */
  readonly seed: number
  /** Connection ids by name. */
  readonly producerIds: ReadonlyMap<string, number>
  /** The table that the column `series` indexes. */
  readonly seriesTable: readonly Series[]
}

export interface DisturbedInput {
  /** By arrival. */
  readonly columns: FeedColumns
  /** By time. */
  readonly closings: readonly Closing[]
  /** The names of producers by the ids of the connections over which they are back. */
  readonly reopened: ReadonlyMap<number, string>
}

/**
 * @param columns - by arrival; they are not changed
 * @throws {SlungError} `bad-fault` for one that names what is not in the input, that affects none of its rows, or that
 *   contradicts another
 */
export function applyFaults(columns: FeedColumns, faults: readonly Fault[], context: FaultContext): DisturbedInput {
  if (faults.length === 0) return { columns, closings: [], reopened: new Map() }
  const { start, seed } = context
  const connections = new Connections(context.producerIds)
  let deliveries = copyOf(columns)
  for (const [index, fault] of faults.entries()) {
    if (fault.kind === 'disconnect' || fault.kind === 'close') {
      interrupt(fault, deliveries, connections, context)
    } else {
      const isCandidate = narrow(fault, connections, context)
      const candidates = positionsOf(deliveries.count).filter((position) => isCandidate(deliveries, position))
      const nth = faults.slice(0, index).filter(({ kind }) => kind === fault.kind).length
      deliveries = disturbRows(fault, deliveries, candidates, start, { seed, nth })
      const most = Math.max(rowsMax, factorMax * columns.count)
      if (deliveries.count > most) throw badFault(fault, tooManyRows(columns.count, most))
    }
    deliveries = inOrderOfArrival(connections.route(deliveries))
  }
  const { chanceKeys: _, ...disturbed } = deliveries
  return {
    columns: disturbed,
    closings: connections.closings(),
    reopened: connections.reopened,
  }
}

/** Faults that repeat each row, thirty in turn, would make a thousand million of one. */
const rowsMax = 1_000_000
const factorMax = 8

function tooManyRows(count: number, most: number): string {
  const [before, after] = [count, most].map((rows) => rows.toLocaleString('en'))
  return `it makes more than ${after} rows of the ${before} of the input, expected fewer faults that repeat rows`
}

/** Those columns that faults change in place are copies. */
function copyOf(columns: FeedColumns): Deliveries {
  const { count, timestamps, arrives, producers } = columns
  return {
    ...columns,
    timestamps: timestamps.slice(),
    arrives: arrives.slice(),
    producers: producers.slice(),
    chanceKeys: positionsOf(count),
  }
}

function interrupt(
  fault: ConnectionFault,
  { arrives }: Deliveries,
  connections: Connections,
  { start, until }: FaultContext,
): void {
  checkName(fault, 'producer', fault.producer, connections.names)
  const from = checkTime(fault, resolveTime(fault.at, start))
  const to = fault.kind === 'close' ? Number.POSITIVE_INFINITY : checkTime(fault, from + fault.micros)
  // Writebacks do not reach a producer that is gone, even one with nothing more to send.
  const last = arrives.at(-1)
  const end = until === null || last === undefined ? last : resolveTime(until, last)
  if (end === undefined || from > end) {
    const found = end === undefined ? 'the input is empty' : `the last time is ${formatTimestamp(end)}`
    throw badFault(fault, `it touches no row of the input: ${found}`)
  }
  const problem = connections.interrupt(fault.producer, from, to)
  if (problem !== null) throw badFault(fault, problem)
}

/** Whether a fault may affect the row at a position. */
function narrow(
  fault: RowFault,
  connections: Connections,
  { seriesTable }: FaultContext,
): (deliveries: Deliveries, position: number) => boolean {
  if (fault.series !== null) {
    const names = new Set(seriesTable.map(({ name }) => name))
    checkName(fault, 'series', fault.series, [...names])
  }
  if (fault.producer !== null) checkName(fault, 'producer', fault.producer, connections.names)
  const ids = fault.producer === null ? null : new Set(connections.idsOf(fault.producer))
  return ({ series, producers }, position) =>
    (fault.series === null || seriesTable[series[position]!]!.name === fault.series) &&
    (ids === null || ids.has(producers[position]!))
}
