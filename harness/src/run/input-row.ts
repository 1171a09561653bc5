/** Input rows as a test in TypeScript makes them. */
import type { Micros } from '@slung/runtime'

export interface InputRow {
  /** When it was measured; an integer. */
  readonly timestamp: Micros
  readonly series: string
  /** Finite. */
  readonly value: number
  readonly tags?: readonly string[]
  /** A name, or a connection id as text. */
  readonly producer?: string
  /** When it reaches the runtime; the timestamp unless given. */
  readonly arrives?: Micros
}

export interface RowsInput {
  readonly rows: readonly InputRow[]
}
