/** Evaluates a query once: in steps against a local store, or against a source of history that may be elsewhere. */
import { Summary } from './aggregate/summary.ts'
import { whenThere, type Eventually } from './model/eventually.ts'
import { SlungError } from './model/slung-error.ts'
import type { Steps } from './model/steps.ts'
import type { Micros } from './model/timestamp.ts'
import { groupKey, groupTags } from './query/group-tags.ts'
import type { Query, TimeSpan } from './query/query.ts'
import type { GroupValue } from './query/query-answer.ts'
import { resolveRange } from './query/time-range.ts'
import type { HistorySource, LocalHistory, Selection, SeriesId } from './store/history-source.ts'
import { allTime, type StepwiseReading } from './store/stepwise-reading.ts'

/** The part of a source that a query needs. */
type Summarising = Pick<HistorySource, 'summarise'>
type Grouping = Pick<HistorySource, 'select' | 'series'>

/**
 * Evaluates a query without groups over what the source holds now. NaN for AVG, MIN and MAX of nothing.
 *
 * @param now - what `now` in the query stands for
 * @throws {SlungError} `grouped-query`; what the source throws; a promise rejects with the same
 */
export function evaluateHistory(source: Pick<LocalHistory, 'summarise'>, query: Query, now: Micros): number
export function evaluateHistory(source: Summarising, query: Query, now: Micros): Eventually<number>
export function evaluateHistory(source: Summarising, query: Query, now: Micros): Eventually<number> {
  refuseGroups(query)
  const span = query.range === null ? null : resolveRange(query.range, now)
  return whenThere(source.summarise(selectionOf(query), span), (summary) => summary.value(query.operator))
}

/** The same in steps. @throws {SlungError} `grouped-query`; what the store throws */
export function* historyInSteps(reading: StepwiseReading, query: Query, now: Micros): Steps<number> {
  refuseGroups(query)
  const ids = yield* reading.match(selectionOf(query))
  return (yield* reading.summarise(ids, spanOf(query, now))).value(query.operator)
}

/**
 * Evaluates a query with groups over what the source holds now: a value for each group that has samples, in the order
 * of their tags. Looks at each sample, because a source elsewhere does not know groups.
 *
 * @param now - what `now` in the query stands for
 * @throws {SlungError} what the source throws; a promise rejects with the same
 */
export function evaluateGroups(source: Grouping, query: Query, now: Micros): Eventually<readonly GroupValue[]> {
  const summaries = new Map<string, Summary>()
  const bySeries = new Map<SeriesId, Summary>()
  const summaryOf = (id: SeriesId): Summary => {
    const key = groupKey(groupTags(query, source.series(id).tags))
    const summary = summaries.get(key) ?? new Summary()
    summaries.set(key, summary)
    bySeries.set(id, summary)
    return summary
  }
  const visited = source.select(selectionOf(query), spanOf(query, now), (id, _timestamp, value) =>
    (bySeries.get(id) ?? summaryOf(id)).add(value),
  )
  return whenThere(visited, () => valuesOf(summaries, query))
}

/** The same in steps, from the summaries of chunks. @throws {SlungError} what the store throws */
export function* groupsInSteps(reading: StepwiseReading, query: Query, now: Micros): Steps<readonly GroupValue[]> {
  const groups = yield* reading.grouped(query, yield* reading.match(selectionOf(query)))
  return valuesOf(yield* reading.summariseGroups(groups, spanOf(query, now)), query)
}

/** The series that a query selects. */
export function selectionOf(query: Query): Selection {
  return { names: query.series, tags: query.tags }
}

function spanOf({ range }: Query, now: Micros): TimeSpan {
  return range === null ? allTime : resolveRange(range, now)
}

function valuesOf(summaries: ReadonlyMap<string, Summary>, { operator }: Query): readonly GroupValue[] {
  return [...summaries]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, summary]) => ({ tags: key.split('\n'), value: summary.value(operator) }))
}

/** @throws {SlungError} `grouped-query` where one number is asked for */
export function refuseGroups({ groupBy, text }: Query): void {
  const [key] = groupBy
  if (key === undefined) return
  throw new SlungError(
    'grouped-query',
    `cannot answer "${text}" with one number: it has a value for each ${key}; name one, such as "${key}=a", ` +
      'leave the key out, or subscribe to it as a live query',
  )
}
