/** Answers a query for those who may get more than one number: a value, or one for each group. */
import { evaluateGroups, evaluateHistory, groupsInSteps, historyInSteps } from './evaluate-history.ts'
import { whenThere, type Eventually } from './model/eventually.ts'
import type { Steps } from './model/steps.ts'
import type { Micros } from './model/timestamp.ts'
import type { Query } from './query/query.ts'
import type { QueryAnswer } from './query/query-answer.ts'
import type { HistorySource } from './store/history-source.ts'
import type { StepwiseReading } from './store/stepwise-reading.ts'

/**
 * Answers a query over what the source holds now.
 *
 * @param now - what `now` in the query stands for
 * @throws {SlungError} what the source throws; a promise rejects with the same
 */
export function answerQuery(source: HistorySource, query: Query, now: Micros): Eventually<QueryAnswer> {
  const { text, groupBy } = query
  if (groupBy.length > 0) return whenThere(evaluateGroups(source, query, now), (groups) => ({ query: text, groups }))
  return whenThere(evaluateHistory(source, query, now), (value) => ({ query: text, value: valueOrNull(value) }))
}

/** The same in steps. @throws {SlungError} what the store throws */
export function* answerInSteps(reading: StepwiseReading, query: Query, now: Micros): Steps<QueryAnswer> {
  const { text, groupBy } = query
  if (groupBy.length > 0) return { query: text, groups: yield* groupsInSteps(reading, query, now) }
  return { query: text, value: valueOrNull(yield* historyInSteps(reading, query, now)) }
}

function valueOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
