/** The step from an engine's errors to a guest's refusals. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { HostRefusal } from './guest-host.ts'

/**
 * Attempts what a guest asked for. Errors about what it asked become refusals, which the guest can see; others are thrown on.
 *
 * @throws {HostRefusal}
 */
export function refusing<Result>(attempt: () => Result): Result {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof SlungError) throw new HostRefusal(error.message)
    throw error
  }
}
