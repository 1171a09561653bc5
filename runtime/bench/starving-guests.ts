/** Guests that ask for as much as they can, in text format. */
import { assemble, guestText } from '../test/compile-guest.ts'

/** Subscribes to a query this often, and polls the handles in turn. */
export function subscriber(query: string, handleCount: number): Uint8Array {
  return guest(
    query,
    `${repeat(`(i64.ne (call $live (i32.const 16)) (i64.const ${handleCount}))`)}
     (loop $polls
       (local.set $handle (i64.add (i64.rem_u (local.get $handle) (i64.const ${handleCount})) (i64.const 1)))
       (drop (call $poll (local.get $handle)))
       (br $polls))`,
  )
}

/** Subscribes to a query, frees the handle, and begins again. */
export function reopener(query: string): Uint8Array {
  return guest(query, repeat('(i32.or (call $free (call $live (i32.const 16))) (i32.const 1))'))
}

/** Asks for the past, again and again. */
export function historian(query: string): Uint8Array {
  return guest(query, repeat('(f64.ne (call $history (i32.const 16)) (f64.const 1e300))'))
}

/** Computes, and asks for nothing. */
export function spinner(): Uint8Array {
  return guest('', repeat('(i32.const 1)'))
}

/** Throws exceptions of many values, and keeps each in a table. */
export function hoarder(): Uint8Array {
  const valueCount = 900
  const body = `(local $index i32)
    (loop $next
      (table.set $kept (local.get $index) (block $caught (result exnref)
        (try_table (catch_all_ref $caught) (throw $large ${'(i64.const 7) '.repeat(valueCount)})) (unreachable)))
      (local.set $index (i32.add (local.get $index) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $index) (i32.const 100000))))
    (i32.const 0)`
  const parameters = 'i64 '.repeat(valueCount)
  return assemble(guestText(body, `(tag $large (param ${parameters})) (table $kept 100000 exnref)`))
}

/** @param query - in a Region at 16 */
function guest(query: string, body: string): Uint8Array {
  const imports = [
    '(import "env" "u_query_live" (func $live (param i32) (result i64)))',
    '(import "env" "u_query_history" (func $history (param i32) (result f64)))',
    '(import "env" "u_poll_handle" (func $poll (param i64) (result i32)))',
    '(import "env" "u_free_handle" (func $free (param i64) (result i32)))',
  ]
  const region = [64, query.length, query.length].map((word) => `\\${hex(word)}\\00\\00\\00`).join('')
  const data = [`(data (i32.const 16) "${region}")`, `(data (i32.const 64) "${query}")`]
  return assemble(guestText(`(local $handle i64) ${body} (i32.const 0)`, [...imports, ...data].join(' ')))
}

function repeat(condition: string): string {
  return `(loop (br_if 0 ${condition}))`
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
