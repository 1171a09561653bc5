/** What may stand for a producer in a fixture: a name, or the id of a connection. */
import { SlungError } from '../model/slung-error.ts'
import { shown } from '../query/printable.ts'
import { parseDecimal } from './parse-decimal.ts'

/**
 * Refuses a number that is no connection id, which would otherwise pass for a name and get an id of its own.
 *
 * @throws {SlungError} `bad-producer` for a decimal number, however it is written, other than an integer from 1 in plain digits
 */
export function assertProducer(text: string): void {
  const bytes = new TextEncoder().encode(text)
  if (Number.isNaN(parseDecimal(bytes, 0, bytes.length)) || isConnectionId(text)) return
  throw new SlungError(
    'bad-producer',
    `producer ${shown(text)} is a number but no connection id, ` +
      `expected a name or a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`,
  )
}

function isConnectionId(text: string): boolean {
  return /^[1-9]\d*$/.test(text) && Number.isSafeInteger(Number(text))
}
