/** One event that a runtime did not take. */
import { SlungError } from '../engine/model/slung-error.ts'
import { printable } from '../engine/text/printable.ts'

export class EventRefusedError extends SlungError {
  /** Which one: counts from 1 over everything the client sent. */
  readonly ordinal: number
  /** What the runtime says, on one line. */
  readonly reason: string

  constructor(ordinal: number, reason: string) {
    const text = printable(reason)
    super('event-refused', `event ${ordinal} was refused: ${text}`)
    this.name = 'EventRefusedError'
    this.ordinal = ordinal
    this.reason = text
  }
}
