/** Guests that ask for as much as they can, in text format. */
import { assemble, guestText } from '../../test/compile-guest.ts'

/** Subscribes to a query this often, and polls the handles in turn. */
export function subscriber(query: string, handleCount: number): Uint8Array {
  return guest(
    [query],
    `${repeat(`(i64.ne (call $live (i32.const 16)) (i64.const ${handleCount}))`)}
     (loop $polls
       (local.set $handle (i64.add (i64.rem_u (local.get $handle) (i64.const ${handleCount})) (i64.const 1)))
       (drop (call $poll (local.get $handle)))
       (br $polls))`,
  )
}

/** Subscribes to a query, frees the handle, and begins again. */
export function reopener(query: string): Uint8Array {
  return guest([query], repeat('(i32.or (call $free (call $live (i32.const 16))) (i32.const 1))'))
}

/** Asks for the past, again and again. */
export function historian(query: string): Uint8Array {
  return guest([query], repeat('(f64.ne (call $history (i32.const 16)) (f64.const 1e300))'))
}

/** Writes the same sample, again and again. */
export function writer(): Uint8Array {
  return guest(
    ['1000', '1', 'series=written'],
    repeat('(i32.ne (call $write (i32.const 16) (i32.const 28) (i32.const 40)) (i32.const 99))'),
  )
}

/** Computes, and asks for nothing. */
export function spinner(): Uint8Array {
  return guest([], repeat('(i32.const 1)'))
}

/** @param texts - in Regions at 16, 28 and 40 */
function guest(texts: readonly string[], body: string): Uint8Array {
  const imports = [
    '(import "env" "u_query_live" (func $live (param i32) (result i64)))',
    '(import "env" "u_query_history" (func $history (param i32) (result f64)))',
    '(import "env" "u_poll_handle" (func $poll (param i64) (result i32)))',
    '(import "env" "u_free_handle" (func $free (param i64) (result i32)))',
    '(import "env" "u_write_event" (func $write (param i32 i32 i32) (result i32)))',
  ]
  const data = texts.map((text, index) => {
    const offset = 64 + 128 * index
    const region = [offset, text.length, text.length].map((word) => `\\${hex(word & 255)}\\${hex(word >> 8)}\\00\\00`)
    return `(data (i32.const ${16 + 12 * index}) "${region.join('')}") (data (i32.const ${offset}) "${text}")`
  })
  return assemble(guestText(`(local $handle i64) ${body} (i32.const 0)`, `${imports.join(' ')} ${data.join(' ')}`))
}

function repeat(condition: string): string {
  return `(loop (br_if 0 ${condition}))`
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
