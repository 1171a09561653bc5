/**
 * What a live query starts from: the samples that were there before it. Plain data, because they may be on another
 * thread than the query.
 */
import { mergeRuns, type SampleRuns } from '../aggregate/sample-runs.ts'
import { Summary, type SummaryState } from '../aggregate/summary.ts'
import { noProducer } from '../model/columns.ts'
import type { Operator, TimeSpan } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import { RunningAggregate } from './running-aggregate.ts'
import { SlidingWindow } from './sliding-window.ts'

export type Seed =
  /** Nothing: it counts from its subscription on. */
  | { readonly kind: 'running' }
  | { readonly kind: 'fixed'; readonly span: TimeSpan; readonly summary: SummaryState }
  /** The samples in the window. */
  | { readonly kind: 'rolling'; readonly widthMicros: number; readonly runs: SampleRuns }

/** @param operators - that will read it; at least one */
export function createAggregate(operators: Iterable<Operator>, seed: Seed): Aggregate {
  switch (seed.kind) {
    case 'running':
      return new RunningAggregate(null, new Summary())
    case 'fixed':
      return new RunningAggregate(seed.span, Summary.from(seed.summary))
    case 'rolling': {
      const window = new SlidingWindow(seed.widthMicros)
      const { timestamps, values } = mergeRuns(seed.runs)
      for (let index = 0; index < timestamps.length; index++) {
        window.accept(timestamps[index]!, values[index]!, noProducer)
      }
      for (const operator of operators) window.serve(operator)
      return window
    }
  }
}
