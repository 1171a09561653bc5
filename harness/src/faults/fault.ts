/** What may happen to an input on its way, as plain values. How each is written in a spec is in `parse-faults.ts`. */
import type { Micros } from '@slung/runtime'
import type { TimeOrOffset } from '../run/time-or-offset.ts'

export type Fault = RowFault | ConnectionFault

/** Happens to rows, each for itself. */
export type RowFault = Narrowing &
  (
    | { readonly kind: 'duplicate' | 'drop'; readonly share: Share }
    /** `micros` ≥ 0: so much later, or up to so much. */
    | { readonly kind: 'late' | 'reorder'; readonly micros: Micros; readonly share: Share }
    /** Of rows that arrive from `at` on and before `micros` (≥ 0) have passed. */
    | { readonly kind: 'gap' | 'burst'; readonly micros: Micros; readonly at: TimeOrOffset }
    /** Added to timestamps; negative for a clock that is slow. */
    | { readonly kind: 'skew'; readonly micros: Micros }
  )

/** Happens to a producer, and so to all that it sends. */
export type ConnectionFault =
  /** It is back after `micros` ≥ 0. */
  | { readonly kind: 'disconnect'; readonly producer: string; readonly at: TimeOrOffset; readonly micros: Micros }
  | { readonly kind: 'close'; readonly producer: string; readonly at: TimeOrOffset }

/** The probability of each row, from 0 to 1. */
export type Share = number

/** Which rows a fault may happen to. */
export interface Narrowing {
  /** Name of a series, whatever its tags; `null` = all. */
  readonly series: string | null
  /** As it is named in the input; `null` = all rows, with and without. */
  readonly producer: string | null
}
