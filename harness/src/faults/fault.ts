/** What may happen to an input on its way, as plain values. `parse-faults.ts` says how each is written in a spec. */
import type { Micros } from '@slung/runtime'
import type { TimeOrOffset } from '../run/time-or-offset.ts'

export type Fault = RowFault | ConnectionFault

/** Affects rows, each on its own. */
export type RowFault = Narrowing &
  (
    | { readonly kind: 'duplicate' | 'drop'; readonly share: Share }
    /** `micros` ≥ 0: how much later, or how much later at most. */
    | { readonly kind: 'late' | 'reorder'; readonly micros: Micros; readonly share: Share }
    /** Of rows that arrive from `at` on and before `micros` (≥ 0) have passed. */
    | { readonly kind: 'gap' | 'burst'; readonly micros: Micros; readonly at: TimeOrOffset }
    /** Added to timestamps; negative for a slow clock. */
    | { readonly kind: 'skew'; readonly micros: Micros }
  )

/** Affects a producer, and so everything it sends. */
export type ConnectionFault =
  /** It is back after `micros` ≥ 0. */
  | { readonly kind: 'disconnect'; readonly producer: string; readonly at: TimeOrOffset; readonly micros: Micros }
  | { readonly kind: 'close'; readonly producer: string; readonly at: TimeOrOffset }

/** The probability of each row, from 0 to 1. */
export type Share = number

/** Which rows a fault may affect. */
export interface Narrowing {
  /** Name of a series, whatever its tags; `null` = all. */
  readonly series: string | null
  /** As it is named in the input; `null` = all rows, with and without a producer. */
  readonly producer: string | null
}
