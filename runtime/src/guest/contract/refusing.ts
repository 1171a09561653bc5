/** The step from an engine's errors to a guest's refusals. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { HostRefusal } from './guest-host.ts'

/**
 * Attempts what a guest asked for. Errors about the request become refusals, which the guest can see; others are
 * rethrown.
 *
 * @throws {HostRefusal}
 */
export function refusing<Result>(attempt: () => Result): Result {
  try {
    return attempt()
  } catch (error) {
    throw asRefusal(error)
  }
}

/** The same for a pending answer. @throws {HostRefusal} */
export async function refusingLater<Result>(answer: Promise<Result>): Promise<Result> {
  try {
    return await answer
  } catch (error) {
    throw asRefusal(error)
  }
}

function asRefusal(error: unknown): unknown {
  return error instanceof SyntaxError || error instanceof SlungError ? new HostRefusal(error.message) : error
}
