/** Input rows, as a TypeScript test makes them, and their check. */
import { assertProducer, SlungError, type Micros } from '@slung/runtime'

export interface InputRow {
  /** When the sample was measured; an integer. */
  readonly timestamp: Micros
  readonly series: string
  /** Finite. */
  readonly value: number
  readonly tags?: readonly string[]
  /** A name, or a connection id as text. */
  readonly producer?: string
  /** When the row reaches the runtime; the timestamp unless given. */
  readonly arrives?: Micros
}

export interface RowsInput {
  readonly rows: readonly InputRow[]
}

/**
 * Refuses a row that no fixture can hold, whether read or written: types alone do not express it.
 *
 * @param where - what cannot be done with the row, for messages: `replay row 3 of the input`
 * @throws {SlungError} `bad-input`; `bad-producer` for a number that is not a connection id
 */
export function checkRow({ timestamp, arrives = timestamp, value, producer }: InputRow, where: string): void {
  const refusal = (problem: string): SlungError => new SlungError('bad-input', `cannot ${where}: ${problem}`)
  for (const time of [timestamp, arrives]) {
    if (!Number.isSafeInteger(time)) throw refusal(`the time ${time} is not a whole number of microseconds`)
  }
  if (!Number.isFinite(value)) throw refusal(`the value ${value} is not a finite number`)
  if (producer === undefined) return
  assertProducer(producer)
  if (producer === '' || !producer.isWellFormed()) {
    throw refusal(`the producer ${JSON.stringify(producer)} is not a name`)
  }
}
