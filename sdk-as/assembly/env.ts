/**
 * The workflow's configuration: environment variables, which `env` of `slung.toml` or of a spec and `--env` on the
 * command line give it. It sees no others. They do not change while it runs.
 */
import { environ_get, environ_sizes_get } from './abi'
import { parseNumber } from './number-text'
import { decodeText } from './utf8'

const EQUALS: u8 = 0x3d

// { count, bytes } for environ_sizes_get.
const sizes = memory.data(8)

/** The value of a variable; `null` when it is not set. Bytes that are not UTF-8 become U+FFFD. */
export function get(name: string): string | null {
  if (name.includes('=') || environ_sizes_get(sizes, sizes + 4) != 0) return null
  const listLength = <usize>load<u32>(sizes) * sizeof<u32>()
  const block = heap.alloc(listLength + load<u32>(sizes, 4))
  const key = String.UTF8.encode(name)
  let value: string | null = null
  if (environ_get(block, block + listLength) == 0) {
    for (let at = block; at < block + listLength && value === null; at += sizeof<u32>()) {
      value = valueOf(load<u32>(at), key)
    }
  }
  heap.free(block)
  return value
}

/**
 * The value of a variable as a number, written in decimal; `fallback` when it is not set.
 *
 * It throws for a value that is not a finite number: a workflow with a threshold that nobody meant must not start.
 */
export function number(name: string, fallback: f64 = NaN): f64 {
  const text = get(name)
  if (text === null) return fallback
  const value = parseNumber(text)
  if (isNaN(value)) {
    throw new Error(`cannot read the variable ${name}: found "${text}", expected a number such as 0.5 or -3e4`)
  }
  return value
}

/** What follows `key=` in the text at `entry`, which ends with a NUL; `null` when it begins otherwise. */
function valueOf(entry: usize, key: ArrayBuffer): string | null {
  for (let index = 0; index < key.byteLength; index++, entry++) {
    const byte = load<u8>(entry)
    if (byte == 0 || byte != load<u8>(changetype<usize>(key) + index)) return null
  }
  if (load<u8>(entry) != EQUALS) return null
  let length: usize = 1
  while (load<u8>(entry + length) != 0) length++
  return decodeText(entry + 1, length - 1)
}
