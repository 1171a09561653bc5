/**
 * All input rows of a replay, in columns, in the order in which they are delivered.
 *
 * Rows are ordered by `arrives`, ties by files and by lines within a file. Plain data, so it can be sent to the guest's
 * thread.
 */
import { noProducer, type Fixture, type Micros, type SampleBatch, type Series } from '@slung/runtime'
import { applyFaults } from '../faults/apply-faults.ts'
import type { Closing } from '../faults/connections.ts'
import type { Fault } from '../faults/fault.ts'
import { arrivalsOf } from '../run/far-time.ts'
import { inOrderOfArrival } from '../run/feed-columns.ts'
import {
  checkNearby,
  resolvePassageOfTime,
  resolveStart,
  type PassageOfTime,
  type RequestedPassageOfTime,
} from '../run/passage-of-time.ts'
import type { RowReference } from '../run/replay-run.ts'

/**
 * One batch, with a sample per row. `series` holds positions in `seriesTable`; the engine assigns its ids in the
 * replay.
 */
export interface Feed extends SampleBatch {
  /** Ascending. */
  readonly arrives: Float64Array
  readonly seriesTable: readonly Series[]
}

export interface FeedSource {
  readonly feed: Feed
  readonly passage: PassageOfTime
  readonly closings: readonly Closing[]
  /** Names of producers by connection id; a producer given as a number has its number as name. */
  readonly producerNames: ReadonlyMap<number, string>
  /** The input row at a position in the feed. */
  readonly rowAt: (row: number) => RowReference
  /** The newest row that had arrived at a time; the first row for earlier times; `null` without rows. */
  readonly rowAround: (at: Micros) => RowReference | null
}

/** What disturbs an input on its way. */
export interface FeedDisturbance {
  readonly faults: readonly Fault[]
  readonly passage: RequestedPassageOfTime
}

/**
 * Joins fixtures into one feed.
 *
 * @throws {SlungError} `bad-fault` for a fault that has nothing to act on, `bad-until`, `far-time`
 */
export function buildFeed(fixtures: readonly Fixture[], { faults, passage }: FeedDisturbance): FeedSource {
  const count = fixtures.reduce((sum, fixture) => sum + fixture.count, 0)
  const producerIds = assignProducerIds(fixtures)
  const seriesTable: Series[] = []
  const joined = {
    count,
    timestamps: new Float64Array(count),
    arrives: new Float64Array(count),
    values: new Float64Array(count),
    series: new Uint32Array(count),
    producers: new Float64Array(count),
    lines: new Uint32Array(count),
    fixtureIndexes: new Uint32Array(count),
  }
  let offset = 0
  for (const [fixtureIndex, fixture] of fixtures.entries()) {
    const idsOfFixture = fixture.producerNames.map((name) => producerIds.get(name)!)
    joined.timestamps.set(fixture.timestamps, offset)
    joined.arrives.set(fixture.arrives, offset)
    joined.values.set(fixture.values, offset)
    joined.lines.set(fixture.lines, offset)
    joined.fixtureIndexes.fill(fixtureIndex, offset, offset + fixture.count)
    for (let row = 0; row < fixture.count; row++) {
      joined.series[offset + row] = seriesTable.length + fixture.series[row]!
      joined.producers[offset + row] = idsOfFixture[fixture.producers[row]! - 1] ?? noProducer
    }
    seriesTable.push(...fixture.seriesTable)
    offset += fixture.count
  }
  const ordered = inOrderOfArrival(joined)
  checkNearby(passage, arrivalsOf([ordered]))
  const start = resolveStart(passage, ordered.arrives)
  const disturbed = applyFaults(ordered, faults, {
    start,
    until: passage.until,
    seed: passage.seed,
    producerIds,
    seriesTable,
  })
  const { lines, fixtureIndexes, ...replayed } = disturbed.columns
  const feed: Feed = { seriesTable, ...replayed }
  // `rowAt` lives as long as the report of a run, and must not keep the columns of the fixtures with it.
  const files = fixtures.map(({ file }) => file)
  const rowAt = (row: number): RowReference => ({
    file: files[fixtureIndexes[row]!]!,
    line: lines[row]!,
    timestamp: feed.timestamps[row]!,
    arrives: feed.arrives[row]!,
    series: seriesTable[feed.series[row]!]!,
    value: feed.values[row]!,
  })
  return {
    feed,
    // Faults change when the last row arrives, but not the time that everything counts from.
    passage: resolvePassageOfTime(passage, start, feed.arrives),
    closings: disturbed.closings,
    producerNames: new Map([
      ...[...producerIds].map(([name, id]): [number, string] => [id, name]),
      ...disturbed.reopened,
    ]),
    rowAt,
    rowAround: (at) =>
      feed.count === 0
        ? null
        : rowAt(
            Math.max(
              0,
              feed.arrives.findLastIndex((arrives) => arrives <= at),
            ),
          ),
  }
}

/** Numbers stand for themselves; names get the smallest free ids from 1, in order of appearance. */
function assignProducerIds(fixtures: readonly Fixture[]): Map<string, number> {
  const names = new Set(fixtures.flatMap((fixture) => fixture.producerNames))
  const taken = new Set<number>()
  for (const name of names) if (isConnectionId(name)) taken.add(Number(name))
  const ids = new Map<string, number>()
  let next = 1
  for (const name of names) {
    if (isConnectionId(name)) {
      ids.set(name, Number(name))
      continue
    }
    while (taken.has(next)) next++
    ids.set(name, next++)
  }
  return ids
}

/** The fixture reader accepts no other numbers. */
function isConnectionId(name: string): boolean {
  return /^\d+$/.test(name)
}
