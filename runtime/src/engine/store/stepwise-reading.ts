/**
 * Reads a store piece by piece, so that a long answer shares the thread with the samples that arrive meanwhile. A piece
 * is a chunk of one series at most.
 *
 * Between two pieces the store may change. What is read here is what the store holds when the turn of each piece comes;
 * `engine/arrival/as-of.ts` takes out again what has changed since a given moment, so that the pieces add up to the
 * answer as of that moment.
 */
import { SampleRunsBuilder, type SampleRuns } from '../aggregate/sample-runs.ts'
import { Summary } from '../aggregate/summary.ts'
import { endless, type Slice, type Steps } from '../model/steps.ts'
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import { groupKey, groupTags } from '../query/group-tags.ts'
import type { Query, TimeSpan } from '../query/query.ts'
import type { Selection, SeriesId } from './history-source.ts'
import type { SampleHead } from './sample-head.ts'
import type { ChunkSamples, StoredChunk } from './series-samples.ts'

/** As a span. */
export const allTime: TimeSpan = { start: -timestampMicrosMax, end: timestampMicrosMax }

/** Values of one series that differ from those in the store. */
export interface SeriesChanges {
  /** Whether any timestamp from `first` to `last` may be concerned. */
  touches(first: Micros, last: Micros): boolean
  /** Whether it is known, without a look at each, that none of the samples of a chunk is there. */
  hides(chunk: StoredChunk): boolean
  /** The value at a timestamp; NaN = there is no sample; `undefined` = as in the store. */
  get(timestamp: Micros): number | undefined
  /** Whether it has to be brought up to date before it is used. */
  readonly isBehind: boolean
  /** Brings it up to date. */
  catchUp(slice: Slice): Steps<void>
}

export class StepwiseReading {
  readonly #store: SampleHead
  readonly #slice: Slice
  readonly #changesOf: (id: SeriesId) => SeriesChanges | undefined

  /** @param changesOf - what to read differently than it is in the store; asked again as long as there is nothing */
  constructor(
    store: SampleHead,
    slice: Slice = endless,
    changesOf: (id: SeriesId) => SeriesChanges | undefined = () => undefined,
  ) {
    this.#store = store
    this.#slice = slice
    this.#changesOf = changesOf
  }

  /** The ids of all series in a selection, ascending. */
  match(selection: Selection): Steps<readonly SeriesId[]> {
    return this.#store.matchInSteps(selection, this.#slice)
  }

  /** The newest timestamp of these series; `undefined` without samples. */
  *newest(ids: readonly SeriesId[]): Steps<Micros | undefined> {
    let newest = Number.NEGATIVE_INFINITY
    for (const id of ids) {
      let changes: SeriesChanges | undefined
      for (let until = timestampMicrosMax; ;) {
        const chunk = this.#store.chunkUntil(id, until)
        if (chunk === undefined || chunk.last <= newest) break
        changes ??= this.#changesOf(id)
        if (changes?.isBehind === true) {
          // The chunk may be another one after that.
          yield* changes.catchUp(this.#slice)
          continue
        }
        newest = Math.max(newest, newestOf(chunk, changes))
        until = chunk.first - 1
        if (this.#slice.isOver) yield
      }
      if (this.#slice.isOver) yield
    }
    return newest === Number.NEGATIVE_INFINITY ? undefined : newest
  }

  /** These series by the group of the query that they belong to. A query without groups has one, whose key is empty. */
  *grouped(query: Pick<Query, 'groupBy'>, ids: readonly SeriesId[]): Steps<Map<string, readonly SeriesId[]>> {
    if (query.groupBy.length === 0) return new Map([['', ids]])
    const groups = new Map<string, SeriesId[]>()
    for (const id of ids) {
      if (this.#slice.isOver) yield
      // Without samples it may be removed by now.
      if (this.#store.chunkUntil(id, timestampMicrosMax) === undefined) continue
      const key = groupKey(groupTags(query, this.#store.series(id).tags))
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [id])
      else group.push(id)
    }
    return groups
  }

  /** Summaries of the groups that have samples in a span. */
  *summariseGroups(
    groups: ReadonlyMap<string, readonly SeriesId[]>,
    span: TimeSpan,
  ): Steps<ReadonlyMap<string, Summary>> {
    const summaries = new Map<string, Summary>()
    for (const [key, ids] of groups) {
      const summary = yield* this.summarise(ids, span)
      if (summary.count > 0) summaries.set(key, summary)
    }
    return summaries
  }

  /** A summary of all samples of these series in a span. */
  *summarise(ids: readonly SeriesId[], span: TimeSpan): Steps<Summary> {
    const summary = new Summary()
    for (const id of ids) {
      yield* this.#visit(id, span, (chunk, within, changes) => {
        const isWhole = chunk.first >= within.start && chunk.last <= within.end
        if (isWhole && changes?.touches(chunk.first, chunk.last) !== true) chunk.addAllTo(summary)
        else addPart(chunk, within, changes, summary)
      })
    }
    return summary
  }

  /**
   * All samples of these series in a span, series after series.
   *
   * @param onRun - called with the series of each run, as soon as the run is complete
   */
  *read(ids: readonly SeriesId[], span: TimeSpan, onRun: (id: SeriesId) => void = () => {}): Steps<SampleRuns> {
    const runs = new SampleRunsBuilder()
    yield* this.#readInto(runs, ids, span, onRun)
    return runs.take()
  }

  /** All samples of several groups, each in its span. @returns the runs group after group, and how many each has */
  *readGroups(
    groups: readonly (readonly [ids: readonly SeriesId[], span: TimeSpan])[],
  ): Steps<{ readonly runs: SampleRuns; readonly runCounts: Uint32Array }> {
    const runs = new SampleRunsBuilder()
    const runCounts = new Uint32Array(groups.length)
    for (const [index, [ids, span]] of groups.entries()) {
      yield* this.#readInto(runs, ids, span, () => runCounts[index]!++)
    }
    return { runs: runs.take(), runCounts }
  }

  *#readInto(
    runs: SampleRunsBuilder,
    ids: readonly SeriesId[],
    span: TimeSpan,
    onRun: (id: SeriesId) => void,
  ): Steps<void> {
    for (const id of ids) {
      yield* this.#visit(id, span, (chunk, within, changes) => copyPart(chunk, within, changes, runs))
      if (runs.endSeries()) onRun(id)
    }
  }

  /** Visits the chunks of a series that have samples in a span, each with changes that are up to date. */
  *#visit(
    id: SeriesId,
    { start, end }: TimeSpan,
    visit: (chunk: StoredChunk, within: TimeSpan, changes: SeriesChanges | undefined) => void,
  ): Steps<void> {
    let changes: SeriesChanges | undefined
    let from = start
    // By time, not by place: in between, chunks grow, are split and removed.
    while (from <= end) {
      changes ??= this.#changesOf(id)
      if (changes?.isBehind === true) yield* changes.catchUp(this.#slice)
      const chunk = this.#store.chunkFrom(id, from)
      const isFound = chunk !== undefined && chunk.first <= end
      if (isFound && changes?.hides(chunk) !== true) visit(chunk, { start: from, end }, changes)
      from = isFound ? chunk.last + 1 : Number.POSITIVE_INFINITY
      if (this.#slice.isOver) yield
    }
  }
}

function newestOf(chunk: StoredChunk, changes: SeriesChanges | undefined): Micros {
  if (changes?.touches(chunk.first, chunk.last) !== true) return chunk.last
  if (changes.hides(chunk)) return Number.NEGATIVE_INFINITY
  const samples = chunk.samples()
  for (let index = samples.count - 1; index >= 0; index--) {
    const timestamp = samples.timestampAt(index)
    if (!Number.isNaN(changes.get(timestamp))) return timestamp
  }
  return Number.NEGATIVE_INFINITY
}

function addPart(chunk: StoredChunk, span: TimeSpan, changes: SeriesChanges | undefined, summary: Summary): void {
  const samples = chunk.samples()
  const [from, to] = [samples.lowerBound(span.start), samples.lowerBound(span.end + 1)]
  if (changes === undefined || !touches(changes, samples, from, to)) {
    samples.addTo(summary, from, to)
    return
  }
  for (let index = from; index < to; index++) {
    const value = changes.get(samples.timestampAt(index)) ?? samples.valueAt(index)
    if (!Number.isNaN(value)) summary.add(value)
  }
}

function copyPart(
  chunk: StoredChunk,
  span: TimeSpan,
  changes: SeriesChanges | undefined,
  runs: SampleRunsBuilder,
): void {
  const samples = chunk.samples()
  const [from, to] = [samples.lowerBound(span.start), samples.lowerBound(span.end + 1)]
  if (changes === undefined || !touches(changes, samples, from, to)) {
    runs.addAll(samples, from, to)
    return
  }
  for (let index = from; index < to; index++) {
    const timestamp = samples.timestampAt(index)
    const value = changes.get(timestamp) ?? samples.valueAt(index)
    if (!Number.isNaN(value)) runs.add(timestamp, value)
  }
}

function touches(changes: SeriesChanges, samples: ChunkSamples, from: number, to: number): boolean {
  return from < to && changes.touches(samples.timestampAt(from), samples.timestampAt(to - 1))
}
