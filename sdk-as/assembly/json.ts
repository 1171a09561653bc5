/**
 * Builds JSON texts for bodies: objects and arrays in the order you write them, byte for byte what JavaScript's
 * `JSON.stringify` makes of the same values — numbers included — so that one spec covers a workflow in any language.
 */
import { formatNumber } from './number-format'

/** A JSON object or array under construction. Each method returns it, so that calls chain. */
export class Json {
  private text: string
  private close: string

  /** Use `Json.object()` or `Json.array()`. */
  constructor(open: string, close: string) {
    this.text = open
    this.close = close
  }

  static object(): Json {
    return new Json('{', '}')
  }

  static array(): Json {
    return new Json('[', ']')
  }

  /** Adds a member. `value`: a string, a number, a bool, a `Json`, an array of these, or a null string or `Json`. */
  set<T>(key: string, value: T): Json {
    this.separate()
    this.text += quoteJson(key) + ':' + stringify<T>(value)
    return this
  }

  /** Adds an element to an array; the same values as `set`. */
  push<T>(value: T): Json {
    this.separate()
    this.text += stringify<T>(value)
    return this
  }

  private separate(): void {
    if (this.text.length > 1) this.text += ','
  }

  /** The finished text. */
  toString(): string {
    return this.text + this.close
  }
}

/** One value as JSON. A number that is not finite is `null`, as in JavaScript; an i64 keeps all of its digits. */
export function stringify<T>(value: T): string {
  if (isNullable<T>() && changetype<usize>(value) == 0) return 'null'
  if (isBoolean<T>()) return value ? 'true' : 'false'
  if (isFloat<T>()) return isFinite(<f64>value) ? formatNumber(<f64>value) : 'null'
  if (isInteger<T>()) return value.toString()
  if (isString<T>()) return quoteJson(changetype<string>(value))
  if (isArray<T>()) {
    const json = Json.array()
    for (let i = 0; i < value.length; i++) json.push<valueof<T>>(unchecked(value[i]))
    return json.toString()
  }
  if (idof<T>() == idof<Json>()) return changetype<Json>(value).toString()
  return ERROR('JSON takes strings, numbers, bools, Json and arrays of these')
}

/** A JSON string literal. Lone surrogates are escaped, as `JSON.stringify` does, so the result is always valid UTF-8. */
export function quoteJson(text: string): string {
  let result = '"'
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x20 && unit != 0x22 && unit != 0x5c && (unit & 0xf800) != 0xd800) continue
    if ((unit & 0xfc00) == 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) == 0xdc00) {
      i++
      continue
    }
    result += text.substring(start, i) + escapeUnit(unit)
    start = i + 1
  }
  return result + text.substring(start) + '"'
}

function escapeUnit(unit: i32): string {
  if (unit == 0x22) return '\\"'
  if (unit == 0x5c) return '\\\\'
  // b t n v f r from 8 to 13; JSON has no \v.
  if (unit >= 8 && unit <= 13 && unit != 11) return '\\' + 'btnvfr'.charAt(unit - 8)
  return '\\u' + unit.toString(16).padStart(4, '0')
}
