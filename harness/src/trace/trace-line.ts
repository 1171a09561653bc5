/** A trace as values: everything that a guest asked of its host, and the rows that arrived meanwhile, in order. */
import type { Micros } from '@slung/runtime'
import type { RowReference } from '../run/replay-run.ts'

export type TraceLine = TracedCall | TracedRow

/** One call. The names are those of the ABI; `log`, `now` and `random` stand for all calls that amount to that. */
export interface TracedCall {
  readonly at: Micros
  readonly call: string
  readonly args: readonly (string | number)[]
  /** `null` when nothing comes back, or a poll finds nothing. */
  readonly result: unknown
  /** Why it was refused, if it was. */
  readonly refused?: string
  /** The JavaScript stack below a call that does something; frames of the guest are among its lines. */
  readonly stack?: string
}

/** One input row that arrived. */
export interface TracedRow {
  readonly at: Micros
  readonly row: RowReference
}

/** As it comes from the guest's thread, which knows a row by its position in the feed. */
export type HostTraceLine = TracedCall | { readonly at: Micros; readonly row: number }
