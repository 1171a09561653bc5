/**
 * What a live query starts from: the samples that were there before it, by group. Plain data, because they may be on
 * another thread than the query.
 *
 * A query without groups has one, whose key is empty.
 */
import { mergeRuns, splitRuns, type SampleRuns } from '../aggregate/sample-runs.ts'
import { Summary, type SummaryState } from '../aggregate/summary.ts'
import { noProducer } from '../model/columns.ts'
import type { Operator, TimeSpan } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import { RunningAggregate } from './running-aggregate.ts'
import { SlidingWindow } from './sliding-window.ts'

/** Groups are named by their `groupKey`; those without samples in the range are left out. */
export type Seed =
  /** Nothing: it counts from its subscription on. */
  | { readonly kind: 'running' }
  | { readonly kind: 'fixed'; readonly span: TimeSpan; readonly groups: ReadonlyMap<string, SummaryState> }
  /** The samples in the windows, group after group: as many runs belong to each as `runCounts` says. */
  | {
      readonly kind: 'rolling'
      readonly widthMicros: number
      readonly groups: readonly string[]
      readonly runCounts: Uint32Array
      readonly runs: SampleRuns
    }

/** What one group starts from; `null` = no samples. */
export type GroupSeed =
  | { readonly kind: 'running' }
  | { readonly kind: 'fixed'; readonly span: TimeSpan; readonly summary: SummaryState | null }
  | { readonly kind: 'rolling'; readonly widthMicros: number; readonly runs: SampleRuns | null }

/** The groups that begin with samples. */
export function* seedsOfGroups(seed: Seed): Generator<readonly [key: string, seed: GroupSeed]> {
  if (seed.kind === 'fixed') {
    const { kind, span } = seed
    for (const [key, summary] of seed.groups) yield [key, { kind, span, summary }]
  } else if (seed.kind === 'rolling') {
    const { kind, widthMicros, groups } = seed
    const runsOfGroups = splitRuns(seed.runs, seed.runCounts)
    for (const [index, key] of groups.entries()) yield [key, { kind, widthMicros, runs: runsOfGroups[index]! }]
  }
}

/** What a group starts from that appears later. */
export function seedOfNewGroup(seed: Seed): GroupSeed {
  switch (seed.kind) {
    case 'running':
      return seed
    case 'fixed':
      return { kind: 'fixed', span: seed.span, summary: null }
    case 'rolling':
      return { kind: 'rolling', widthMicros: seed.widthMicros, runs: null }
  }
}

/** @param operators - that will read it; at least one */
export function createAggregate(operators: Iterable<Operator>, seed: GroupSeed): Aggregate {
  switch (seed.kind) {
    case 'running':
      return new RunningAggregate(null, new Summary())
    case 'fixed':
      return new RunningAggregate(seed.span, seed.summary === null ? new Summary() : Summary.from(seed.summary))
    case 'rolling': {
      const window = new SlidingWindow(seed.widthMicros)
      if (seed.runs !== null) fill(window, seed.runs)
      for (const operator of operators) window.serve(operator)
      return window
    }
  }
}

function fill(window: SlidingWindow, runs: SampleRuns): void {
  const { timestamps, values } = mergeRuns(runs)
  for (let index = 0; index < timestamps.length; index++) {
    window.accept(timestamps[index]!, values[index]!, noProducer)
  }
}
