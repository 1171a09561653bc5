/**
 * A query as frozen values: `parseQuery` makes them from `OP:SERIES:[TAGS]:[RANGE]`, and everything else reads them.
 *
 * The language is specified in `docs/query-language.md`.
 */
import type { Micros } from '../model/timestamp.ts'

/** How the samples are reduced to one number. */
export type Operator = 'AVG' | 'MIN' | 'MAX' | 'SUM' | 'COUNT'

export interface Query {
  readonly kind: 'query'
  readonly operator: Operator
  /** 1–16 distinct series names; their samples are aggregated together. */
  readonly series: readonly string[]
  readonly tags: TagExpression
  /** The different keys written `key=*`: there is one aggregate for each combination of their values. Usually none. */
  readonly groupBy: readonly string[]
  /** `null` = all time (history), since subscription (live). */
  readonly range: TimeRange | null
  /** The text as given. */
  readonly text: string
  /** Legal but surprising readings; each names the reading that was chosen. */
  readonly warnings: readonly string[]
}

/**
 * A boolean expression over exact tags, and over keys that must be there with any value: never inside `not` or `or`.
 * `everything` is `[]`.
 */
export type TagExpression =
  | { readonly kind: 'everything' }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'not'; readonly operand: TagExpression }
  | { readonly kind: 'and'; readonly left: TagExpression; readonly right: TagExpression }
  | { readonly kind: 'or'; readonly left: TagExpression; readonly right: TagExpression }

/** Both ends inclusive. Written in any order; `resolveRange` puts them in time order. */
export interface TimeRange {
  readonly kind: 'range'
  readonly first: TimeBound
  readonly second: TimeBound
}

export type TimeBound =
  | { readonly kind: 'now' }
  /** This long before now; ≥ 0. */
  | { readonly kind: 'ago'; readonly micros: number }
  | { readonly kind: 'at'; readonly timestamp: Micros }

/** A range resolved against a clock: `start ≤ end`, both inclusive. */
export interface TimeSpan {
  readonly start: Micros
  readonly end: Micros
}
