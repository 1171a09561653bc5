/**
 * What a live query starts from: the samples that were there before it, by group. Plain data, because they may be on
 * another thread than the query.
 *
 * A query without groups has one, whose key is empty.
 */
import { mergeRuns, type SampleRuns } from '../aggregate/sample-runs.ts'
import { Summary, type SummaryState } from '../aggregate/summary.ts'
import { noProducer } from '../model/columns.ts'
import type { Operator, TimeSpan } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import { RunningAggregate } from './running-aggregate.ts'
import { SlidingWindow } from './sliding-window.ts'

/** `groups` has those with samples in the range, by `groupKey`. */
export type Seed =
  /** Nothing: it counts from its subscription on. */
  | { readonly kind: 'running' }
  | { readonly kind: 'fixed'; readonly span: TimeSpan; readonly groups: ReadonlyMap<string, SummaryState> }
  /** The samples in the window of each group. */
  | { readonly kind: 'rolling'; readonly widthMicros: number; readonly groups: ReadonlyMap<string, SampleRuns> }

/** The keys of the groups that begin with samples. */
export function seededGroups(seed: Seed): Iterable<string> {
  return seed.kind === 'running' ? [] : seed.groups.keys()
}

/** The same range without a sample: what a group begins with that appears later. */
export function withoutSamples(seed: Seed): Seed {
  return seed.kind === 'running' ? seed : { ...seed, groups: new Map() }
}

/** @param operators - that will read it; at least one. `group` - its key */
export function createAggregate(operators: Iterable<Operator>, seed: Seed, group: string): Aggregate {
  switch (seed.kind) {
    case 'running':
      return new RunningAggregate(null, new Summary())
    case 'fixed': {
      const summary = seed.groups.get(group)
      return new RunningAggregate(seed.span, summary === undefined ? new Summary() : Summary.from(summary))
    }
    case 'rolling': {
      const window = new SlidingWindow(seed.widthMicros)
      const runs = seed.groups.get(group)
      if (runs !== undefined) fill(window, runs)
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
