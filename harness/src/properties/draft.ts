/** A generated row while it may still be shrunk: with the values it may take. */
import type { InputRow } from '../run/input-row.ts'

export interface Draft {
  readonly row: InputRow
  readonly range: ValueRange
}

/** Both ends inclusive; shared by the rows of one series. */
export interface ValueRange {
  readonly low: number
  readonly high: number
  /** The simplest value; between the ends. */
  readonly plain: number
}

/** A row with a value about which nothing is known: it stays as it is. */
export function fixedDraft(row: InputRow): Draft {
  return { row, range: { low: row.value, high: row.value, plain: row.value } }
}

export function withValue({ row, range }: Draft, value: number): Draft {
  return { row: { ...row, value }, range }
}
