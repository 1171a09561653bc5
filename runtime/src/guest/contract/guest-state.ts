/**
 * What a workflow remembers beyond its run: bytes by key. It is small enough to be kept whole in memory, and to be
 * written with the samples.
 */
import type { StateChange, StateValues } from '../../engine/model/state-values.ts'
import { quote } from '../../engine/text/quote.ts'
import { stateBytesMax, stateKeyBytesMax } from './abi.ts'
import { HostRefusal } from './guest-host.ts'

export class GuestState {
  readonly #values: Map<string, Uint8Array>
  #byteCount = 0
  readonly #changed = new Set<string>()

  /** @param values - what it begins with; yours no longer */
  constructor(values: Iterable<readonly [key: string, value: Uint8Array]> = []) {
    this.#values = new Map(values)
    for (const [key, value] of this.#values) this.#byteCount += sizeOf(key, value)
  }

  /** By key. Not a copy. */
  get values(): StateValues {
    return this.#values
  }

  /** Not a copy; `undefined` when the key is not set. @throws {HostRefusal} for no key */
  get(key: string): Uint8Array | undefined {
    assertKey('get', key)
    return this.#values.get(key)
  }

  /** @param value - yours no longer. @throws {HostRefusal} for no key, or when there is no room; nothing is changed then */
  set(key: string, value: Uint8Array): void {
    assertKey('set', key)
    const byteCount = this.#byteCount - this.#sizeAt(key) + sizeOf(key, value)
    if (byteCount > stateBytesMax) {
      throw new HostRefusal(
        `cannot set ${quote(key)}: the state would take ${count(byteCount)} bytes, at most ${count(stateBytesMax)} are allowed`,
      )
    }
    this.#byteCount = byteCount
    this.#values.set(key, value)
    this.#changed.add(key)
  }

  /** Of a key that is not set, nothing. @throws {HostRefusal} for no key */
  delete(key: string): void {
    assertKey('delete', key)
    this.#byteCount -= this.#sizeAt(key)
    if (this.#values.delete(key)) this.#changed.add(key)
  }

  /** What has changed since the last call; empty when nothing has. */
  takeChanges(): readonly StateChange[] {
    if (this.#changed.size === 0) return noChanges
    const changes = Array.from(this.#changed, (key): StateChange => [key, this.#values.get(key) ?? null])
    this.#changed.clear()
    return changes
  }

  #sizeAt(key: string): number {
    const value = this.#values.get(key)
    return value === undefined ? 0 : sizeOf(key, value)
  }
}

const noChanges: readonly StateChange[] = []

function assertKey(verb: string, key: string): void {
  const byteCount = Buffer.byteLength(key)
  if (byteCount >= 1 && byteCount <= stateKeyBytesMax) return
  throw new HostRefusal(
    `cannot ${verb} a key of ${count(byteCount)} bytes: expected from 1 to ${stateKeyBytesMax} bytes of UTF-8`,
  )
}

function sizeOf(key: string, value: Uint8Array): number {
  return Buffer.byteLength(key) + value.length
}

function count(number: number): string {
  return number.toLocaleString('en')
}
