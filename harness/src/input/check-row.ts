/** What no row may be, however it comes in or goes out: types alone do not say it. */
import { assertProducer, SlungError } from '@slung/runtime'
import type { InputRow } from '../run/input-row.ts'

/**
 * @param where - what cannot be done with it, for messages: `replay row 3 of the input`
 * @throws {SlungError} `bad-input`; `bad-producer` for a number that is no connection id
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
