/** Evaluates a query once: in steps against a local store, or against a source of history that may be elsewhere. */
import { whenThere, type Eventually } from './model/eventually.ts'
import type { Steps } from './model/steps.ts'
import type { Micros } from './model/timestamp.ts'
import type { Query } from './query/query.ts'
import { resolveRange } from './query/time-range.ts'
import type { HistorySource, LocalHistory, Selection } from './store/history-source.ts'
import { allTime, type StepwiseReading } from './store/stepwise-reading.ts'

/** The part of a source that a query needs. */
type Summarising = Pick<HistorySource, 'summarise'>

/**
 * Evaluates a query over what the source holds now. NaN for AVG, MIN and MAX of nothing.
 *
 * @param now - what `now` in the query stands for
 * @throws {SlungError} what the source throws; a promise rejects with the same
 */
export function evaluateHistory(source: Pick<LocalHistory, 'summarise'>, query: Query, now: Micros): number
export function evaluateHistory(source: Summarising, query: Query, now: Micros): Eventually<number>
export function evaluateHistory(source: Summarising, query: Query, now: Micros): Eventually<number> {
  const span = query.range === null ? null : resolveRange(query.range, now)
  return whenThere(source.summarise(selectionOf(query), span), (summary) => summary.value(query.operator))
}

/** The same in steps. @throws {SlungError} what the store throws */
export function* historyInSteps(reading: StepwiseReading, query: Query, now: Micros): Steps<number> {
  const span = query.range === null ? allTime : resolveRange(query.range, now)
  const ids = yield* reading.match(selectionOf(query))
  return (yield* reading.summarise(ids, span)).value(query.operator)
}

/** The series that a query selects. */
export function selectionOf(query: Query): Selection {
  return { names: query.series, tags: query.tags }
}
