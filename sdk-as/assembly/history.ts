/** Historical queries: one number over the samples stored now. */
import { u_query_history } from './abi'
import { lend, reclaim } from './region'
import { lastError } from './result'

/** Evaluates a query in text form once, such as `AVG:temp:[sensor=1]:[7d,1d]`. */
export function history(query: string): HistoryResult {
  const region = lend(query)
  const value = u_query_history(region)
  reclaim(region)
  return new HistoryResult(value)
}

/** The answer to a historical query. COUNT and SUM of nothing are 0; AVG, MIN and MAX of nothing have no value. */
export class HistoryResult {
  constructor(
    /** The aggregate; NaN when `ok` is false. */
    readonly value: f64,
  ) {}

  /** Whether there is a value: false for AVG, MIN or MAX of nothing, and for a refused query. */
  get ok(): bool {
    return !isNaN(this.value)
  }

  /** The value, or `fallback` if there is none. */
  or(fallback: f64): f64 {
    return isNaN(this.value) ? fallback : this.value
  }

  /**
   * Why the query was refused; empty when it was not: a missing value then means "nothing stored".
   * Extension, see `lastError`.
   */
  get error(): string {
    return this.ok ? '' : lastError()
  }
}
