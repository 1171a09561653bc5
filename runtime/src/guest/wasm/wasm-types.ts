/**
 * Reads the types in a WebAssembly binary: of functions, values, memories and tables (core specification, section 5.3).
 */
import type { ByteCursor } from './byte-cursor.ts'

export interface WasmSignature {
  /** Value types by their text-format name. */
  readonly parameters: readonly string[]
  readonly results: readonly string[]
}

export type WasmExternalKind = 'function' | 'table' | 'memory' | 'global' | 'tag'

/** The size of a memory in pages of 64 KiB, or of a table in elements. */
export interface WasmLimits {
  readonly initial: number
  /** `null` = as much as the engine allows. */
  readonly maximum: number | null
  readonly shared: boolean
  /** Addresses are i64. */
  readonly is64: boolean
  /** Not in pages of 64 KiB. */
  readonly customPageSize: boolean
  /** Offsets that enclose the encoding of these limits. */
  readonly start: number
  readonly end: number
}

/** Reads a vector: a count and that many entries. @throws {RangeError} as `read`, and for an impossible count */
export function repeat(cursor: ByteCursor, read: () => void): void {
  for (let count = cursor.count(); count > 0; count--) read()
}

/** A signature. @throws {RangeError} for any other kind of type */
export function readFunctionType(cursor: ByteCursor): WasmSignature {
  const form = cursor.byte()
  if (form !== 0x60) {
    throw new RangeError(
      `the type at byte ${cursor.offset - 1} is not a function (garbage-collected types are not supported)`,
    )
  }
  const parameters: string[] = []
  const results: string[] = []
  repeat(cursor, () => parameters.push(readValueType(cursor)))
  repeat(cursor, () => results.push(readValueType(cursor)))
  return { parameters, results }
}

const valueTypes: Readonly<Record<number, string>> = {
  0x7f: 'i32',
  0x7e: 'i64',
  0x7d: 'f32',
  0x7c: 'f64',
  0x7b: 'v128',
  0x70: 'funcref',
  0x6f: 'externref',
}

/** A value type by its text-format name; references to other types are all `ref`. */
export function readValueType(cursor: ByteCursor): string {
  const code = cursor.byte()
  if (code === 0x63 || code === 0x64) {
    cursor.unsigned()
    return 'ref'
  }
  return valueTypes[code] ?? `type 0x${code.toString(16)}`
}

const kinds: readonly WasmExternalKind[] = ['function', 'table', 'memory', 'global', 'tag']

/** @throws {RangeError} for an unknown kind */
export function readKind(cursor: ByteCursor): WasmExternalKind {
  const code = cursor.byte()
  const kind = kinds[code]
  if (kind === undefined)
    throw new RangeError(`byte ${cursor.offset - 1} is ${code}, which is not a kind of import or export`)
  return kind
}

/** The limits of a defined table. @throws {RangeError} when it has more than a type and limits */
export function readTable(cursor: ByteCursor): WasmLimits {
  if (cursor.bytes[cursor.offset] === 0x40) {
    throw new RangeError(
      `the table at byte ${cursor.offset} is filled by an expression (such tables are not supported)`,
    )
  }
  readValueType(cursor)
  return readLimits(cursor)
}

/** Limits. Bits of their flag: 1 has a maximum, 2 shared, 4 addresses are i64, 8 page size given. */
export function readLimits(cursor: ByteCursor): WasmLimits {
  const start = cursor.offset
  const flags = cursor.byte()
  const initial = cursor.unsigned()
  const maximum = (flags & 1) === 0 ? null : cursor.unsigned()
  const customPageSize = (flags & 8) !== 0
  if (customPageSize) cursor.unsigned()
  const end = cursor.offset
  return { initial, maximum, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0, customPageSize, start, end }
}
