/**
 * The one error class for what the world may do wrong: bad input, a full queue, a guest that traps.
 *
 * A broken promise of our own code is an `assert` instead. Callers branch on `code`; people read `message`, which names
 * what was attempted, what was found and what to do.
 */
export class SlungError extends Error {
  /** Stable, kebab-case; one per condition a caller may handle. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SlungError'
    this.code = code
  }
}
