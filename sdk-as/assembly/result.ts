/**
 * What an effect returns: whether it happened and, on request, why not.
 *
 * No effect throws: AssemblyScript cannot catch, so an exception would take the choice away from you.
 */
import { slung_last_error } from './abi'
import { takeText } from './region'

/** The outcome of one effect. Shared instances: compare `ok`, not identity. */
export class Result {
  constructor(
    /** Whether the host accepted it. */
    readonly ok: bool,
    private reason: string = '',
  ) {}

  /** Why it was refused; empty when `ok`. Extension, since it asks the host: read it before the next host call, see `lastError`. */
  get error(): string {
    return this.ok || this.reason.length != 0 ? this.reason : lastError()
  }
}

// Every accepted effect answers with this one instance.
@lazy const accepted = new Result(true)

// Every effect that the host refused answers with this one.
@lazy const refused = new Result(false)

/** Wraps a host status: 0 = accepted. */
export function resultOf(status: u32): Result {
  return status == 0 ? accepted : refused
}

/**
 * Why the latest host call was refused; empty when it was not.
 *
 * Extension: a workflow that uses this function imports `slung.last_error`, and hosts without the extension refuse to
 * load it.
 */
export function lastError(): string {
  const region = slung_last_error()
  return region == 0 ? '' : takeText(region)
}
