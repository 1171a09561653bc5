/** What a person or a program that asks a query once gets, as JSON: one value, or one for each group. */

export type QueryAnswer =
  /** `value`: `null` where the aggregate is of nothing. */
  | { readonly query: string; readonly value: number | null }
  /** `groups`: those that have samples in the range, in the order of their tags. */
  | { readonly query: string; readonly groups: readonly GroupValue[] }

/** The value of one group of a query. */
export interface GroupValue {
  /** What the samples of the group have in common: their tags with the keys that the query groups by. */
  readonly tags: readonly string[]
  /** Finite. */
  readonly value: number
}
