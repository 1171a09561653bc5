/**
 * The one error class for what the outside world may do wrong: bad input, a full queue, a guest that traps.
 *
 * A broken promise of our own code fails an `assert` instead. Callers branch on `code`; people read `message`, which
 * names what was attempted, what was found and what to do.
 */
import type { SlungErrorCode } from './slung-error-code.ts'

export class SlungError extends Error {
  /** One per condition a caller may handle; `errorCodes` describes them all. */
  readonly code: SlungErrorCode

  constructor(code: SlungErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SlungError'
    this.code = code
  }
}
