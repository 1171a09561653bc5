/** What the state of a workflow refuses: the same as the runtime, and with the same reasons. */
import { HostRefusal } from './host-refusal.js'

export const stateKeyBytesMax = 256
/** Of all keys and values together. */
export const stateBytesMax = 65_536

const quotedUnitsMax = 40

/** @throws {HostRefusal} for a key of no bytes, or of too many */
export function checkKey(verb, key) {
  const byteCount = Buffer.byteLength(key)
  if (byteCount >= 1 && byteCount <= stateKeyBytesMax) return
  throw new HostRefusal(
    `cannot ${verb} a key of ${count(byteCount)} bytes: expected from 1 to ${stateKeyBytesMax} bytes of UTF-8`,
  )
}

/**
 * @param {ReadonlyMap<string, Uint8Array>} state
 * @throws {HostRefusal} when the state has no room for this value of a key
 */
export function checkRoom(state, key, value) {
  const after = new Map(state).set(key, value)
  const byteCount = [...after].reduce((sum, [name, { length }]) => sum + Buffer.byteLength(name) + length, 0)
  if (byteCount <= stateBytesMax) return
  throw new HostRefusal(
    `cannot set ${quote(key)}: the state would take ${count(byteCount)} bytes, at most ${count(stateBytesMax)} are allowed`,
  )
}

/** Shortened, as the runtime does. */
function quote(key) {
  if (key.length <= quotedUnitsMax) return `"${key}"`
  const isPair = key.codePointAt(quotedUnitsMax - 1) > 0xffff
  return `"${key.slice(0, isPair ? quotedUnitsMax - 1 : quotedUnitsMax)}…"`
}

function count(number) {
  return number.toLocaleString('en')
}
