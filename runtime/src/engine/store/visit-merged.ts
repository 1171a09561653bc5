/** Merges runs of samples, each sorted by time, into one visit in order of time. */
import { BinaryHeap } from '../aggregate/binary-heap.ts'
import type { Micros } from '../model/timestamp.ts'
import type { SampleVisitor, SeriesId } from './history-source.ts'

export interface SampleRun {
  readonly id: SeriesId
  readonly samples: Iterator<readonly [timestamp: Micros, value: number]>
}

/** Oldest first; equal timestamps in ascending order of series id. */
export function visitMerged(runs: readonly SampleRun[], visit: SampleVisitor): void {
  const heads = new BinaryHeap<{ run: SampleRun; timestamp: Micros; value: number }>(
    (left, right) =>
      left.timestamp < right.timestamp || (left.timestamp === right.timestamp && left.run.id < right.run.id),
  )
  const advance = (run: SampleRun): void => {
    const next = run.samples.next()
    if (next.done !== true) heads.push({ run, timestamp: next.value[0], value: next.value[1] })
  }
  for (const run of runs) advance(run)
  for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
    visit(head.run.id, head.timestamp, head.value)
    advance(head.run)
  }
}
