/**
 * What the workflow remembers beyond its run: text or bytes by key. A workflow that starts again, after a crash or with
 * the whole runtime, reads what it had set. The host saves what was set since the last poll with the next one, and when
 * `call` returns 0: all of it or nothing. After a trap, or any other code, the state is that of the last poll.
 *
 * A key has from 1 to 256 bytes. All keys and values of a workflow together have at most 65,536.
 *
 * Extension: a workflow that uses this module imports `slung.state_get`, `state_set` or `state_delete`, and hosts without
 * the extension refuse to load it.
 */
import { slung_state_delete, slung_state_get, slung_state_set } from './abi'
import * as log from './log'
import { formatNumber } from './number-format'
import { parseNumber } from './number-text'
import { lend, lendBytes, reclaim, takeBytes, takeText } from './region'
import { Result, resultOf } from './result'

/** The value of a key as text; `null` when it is not set. Bytes that are not UTF-8 become U+FFFD. */
export function get(key: string): string | null {
  const value = find(key)
  return value == 0 ? null : takeText(value)
}

/** The bytes of a key; `null` when it is not set. */
export function getBytes(key: string): Uint8Array | null {
  const value = find(key)
  return value == 0 ? null : takeBytes(value)
}

/**
 * The value of a key as a number, exactly the one that was set; `fallback` when the key is not set.
 *
 * It throws for a value that is not a finite number.
 */
export function number(key: string, fallback: f64 = NaN): f64 {
  const text = get(key)
  if (text === null) return fallback
  const value = parseNumber(text)
  if (isNaN(value)) {
    throw new Error(`cannot read "${key}" from the state: found "${text}", expected a number such as 0.5 or -3e4`)
  }
  return value
}

/**
 * Sets a key to a string, a number or a bool, which is then `true` or `false`.
 *
 * Refused, with nothing changed: a number that is not finite, an empty key or one of more than 256 bytes, and a value for
 * which the state has no room.
 */
export function set<T>(key: string, value: T): Result {
  if (isFloat<T>() && !isFinite(<f64>value)) return refuse(key, formatNumber(<f64>value))
  return put(key, lend(textOf<T>(value)))
}

/** Sets a key to a copy of these bytes. Refused as in `set`. */
export function setBytes(key: string, value: Uint8Array): Result {
  return put(key, lendBytes(value))
}

/** Forgets a key. That is no error when it is not set. */
export function remove(key: string): Result {
  const keyRegion = lend(key)
  const status = slung_state_delete(keyRegion)
  reclaim(keyRegion)
  return resultOf(status)
}

/** The Region of a value; 0 when the key is not set. */
function find(key: string): usize {
  const keyRegion = lend(key)
  const value = slung_state_get(keyRegion)
  reclaim(keyRegion)
  return value
}

/** Sets a key to what is in a lent Region, and reclaims that. */
function put(key: string, valueRegion: usize): Result {
  const keyRegion = lend(key)
  const status = slung_state_set(keyRegion, valueRegion)
  reclaim(keyRegion)
  reclaim(valueRegion)
  return resultOf(status)
}

function textOf<T>(value: T): string {
  if (isBoolean<T>()) return value ? 'true' : 'false'
  // JSON has no sign for a zero, but the same number must come back.
  if (isFloat<T>()) return value == 0 && 1 / value < 0 ? '-0' : formatNumber(<f64>value)
  if (isInteger<T>()) return value.toString()
  if (isString<T>() && !isNullable<T>()) return value
  return ERROR('state.set takes a string that is not null, a number or a bool; for a Json, pass its toString()')
}

/** The host never hears of it, so the log must: a result that the workflow ignores would leave no trace. */
function refuse(key: string, found: string): Result {
  const reason = `cannot set "${key}" in the state: found ${found}, expected a number such as 0.5 or -3e4`
  log.error(reason)
  return new Result(false, reason)
}
