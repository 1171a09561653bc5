/**
 * The imports of module `slung`: what the portable core does not offer. A guest that uses none of them stays portable.
 */
import type { GuestContext } from './guest-context.ts'

const utf8 = new TextEncoder()

/** Makes the import functions of one instance. */
export function createExtensionImports(context: GuestContext): Record<string, unknown> {
  return {
    now(): bigint {
      return BigInt(context.host.now())
    },

    last_error(): number {
      context.enter('last_error')
      if (context.lastError === '') return 0
      const bytes = utf8.encode(context.lastError)
      return context.give(bytes, bytes.length)
    },

    http_status(): number {
      return context.httpStatus
    },
  }
}
