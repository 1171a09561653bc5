/**
 * The imports of module `slung`: what the portable core does not offer. A guest that uses none of them stays portable.
 */
import { stateBytesMax, stateKeyBytesMax } from '../contract/abi.ts'
import type { GuestContext } from './guest-context.ts'

const utf8 = new TextEncoder()

/** Makes the import functions of one instance. */
export function createExtensionImports(context: GuestContext): Record<string, unknown> {
  const { memory } = context
  const { state } = context.host
  const readKey = (key: number): string => memory.readText(key, 'key', stateKeyBytesMax)

  /** A refusal becomes the sentinel. */
  function ask(name: string, sentinel: number, answer: () => number): number {
    context.enter(name)
    context.lastError = ''
    try {
      return answer()
    } catch (error) {
      context.refuse(name, error)
      return sentinel
    }
  }

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

    state_get(key: number): number {
      return ask('state_get', 0, () => {
        const value = state.get(readKey(key))
        return value === undefined ? 0 : context.give(value, value.length)
      })
    },

    state_set(key: number, value: number): number {
      return ask('state_set', 1, () => {
        state.set(readKey(key), memory.readRegion(value, 'value', stateBytesMax))
        return 0
      })
    },

    state_delete(key: number): number {
      return ask('state_delete', 1, () => {
        state.delete(readKey(key))
        return 0
      })
    },
  }
}
