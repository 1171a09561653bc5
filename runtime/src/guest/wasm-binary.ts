/**
 * Reads from a WebAssembly binary what the engine's own interface does not tell: signatures, memory limits, and where
 * functions and custom sections lie. It trusts nothing, but leaves function bodies to the engine's validation.
 */
import { ByteCursor } from './byte-cursor.ts'

export interface WasmSignature {
  /** Value types by their text-format name. */
  readonly parameters: readonly string[]
  readonly results: readonly string[]
}

export type WasmExternalKind = 'function' | 'table' | 'memory' | 'global' | 'tag'

export interface WasmImportEntry {
  readonly module: string
  readonly name: string
  readonly kind: WasmExternalKind
  /** Set for functions. */
  readonly signature: WasmSignature | null
}

export interface WasmExportEntry {
  readonly name: string
  readonly kind: WasmExternalKind
  /** Set for functions. */
  readonly signature: WasmSignature | null
}

export interface WasmMemoryLimits {
  readonly initialPages: number
  /** `null` = as much as the engine gives. */
  readonly maximumPages: number | null
  readonly shared: boolean
  /** Addresses are i64. */
  readonly is64: boolean
  /** Not in pages of 64 KiB. */
  readonly customPageSize: boolean
}

/** A custom section; the offsets enclose its payload, after the name. */
export interface WasmCustomSection {
  readonly name: string
  readonly start: number
  readonly end: number
}

export interface WasmBinary {
  readonly imports: readonly WasmImportEntry[]
  readonly exports: readonly WasmExportEntry[]
  /** Memories the module defines itself. */
  readonly memories: readonly WasmMemoryLimits[]
  /** Offsets that enclose the memory section's payload; `null` without one. */
  readonly memorySection: { readonly header: number; readonly start: number; readonly end: number } | null
  readonly customSections: readonly WasmCustomSection[]
  /** Where the body of each defined function begins, ascending; the first belongs to the first one that is not imported. */
  readonly bodyOffsets: Uint32Array
  readonly importedFunctionCount: number
}

/** Whether the bytes begin as a core module does, version 1. */
export function isCoreModule(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
}

/** Whether the bytes begin as a component of the component model does. */
export function isComponent(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x00, 0x61, 0x73, 0x6d]) && bytes[6] === 0x01 && bytes[7] === 0x00
}

/**
 * Reads a core module.
 *
 * @throws {RangeError} when the bytes are cut off or use an encoding that is not known here; the text is a clause
 */
export function readWasmBinary(bytes: Uint8Array): WasmBinary {
  const sections = new SectionReader()
  const cursor = new ByteCursor(bytes, 8)
  while (!cursor.done) {
    const header = cursor.offset
    const id = cursor.byte()
    sections.read(id, header, cursor.slice(cursor.unsigned()))
  }
  return sections.binary()
}

class SectionReader {
  readonly #types: WasmSignature[] = []
  readonly #functions: (WasmSignature | null)[] = []
  readonly #imports: WasmImportEntry[] = []
  readonly #exports: WasmExportEntry[] = []
  readonly #memories: WasmMemoryLimits[] = []
  readonly #customSections: WasmCustomSection[] = []
  #memorySection: WasmBinary['memorySection'] = null
  #bodyOffsets = new Uint32Array(0)
  #importedFunctionCount = 0

  read(id: number, header: number, cursor: ByteCursor): void {
    switch (id) {
      case 0: {
        const name = cursor.name()
        this.#customSections.push({ name, start: cursor.offset, end: cursor.end })
        break
      }
      case 1:
        repeat(cursor, () => this.#types.push(readFunctionType(cursor)))
        break
      case 2:
        repeat(cursor, () => this.#imports.push(this.#readImport(cursor)))
        this.#importedFunctionCount = this.#functions.length
        break
      case 3:
        repeat(cursor, () => this.#functions.push(this.#types[cursor.unsigned()] ?? null))
        break
      case 5:
        this.#memorySection = { header, start: cursor.offset, end: cursor.end }
        repeat(cursor, () => this.#memories.push(readLimits(cursor)))
        break
      case 7:
        repeat(cursor, () => this.#exports.push(this.#readExport(cursor)))
        break
      case 10:
        this.#bodyOffsets = readBodyOffsets(cursor)
        break
    }
  }

  binary(): WasmBinary {
    return {
      imports: this.#imports,
      exports: this.#exports,
      memories: this.#memories,
      memorySection: this.#memorySection,
      customSections: this.#customSections,
      bodyOffsets: this.#bodyOffsets,
      importedFunctionCount: this.#importedFunctionCount,
    }
  }

  #readImport(cursor: ByteCursor): WasmImportEntry {
    const module = cursor.name()
    const name = cursor.name()
    const kind = readKind(cursor)
    let signature: WasmSignature | null = null
    if (kind === 'function') {
      signature = this.#types[cursor.unsigned()] ?? null
      this.#functions.push(signature)
    } else if (kind === 'memory') {
      readLimits(cursor)
    } else if (kind === 'table') {
      readValueType(cursor)
      readLimits(cursor)
    } else if (kind === 'global') {
      readValueType(cursor)
      cursor.byte()
    } else {
      cursor.byte()
      cursor.unsigned()
    }
    return { module, name, kind, signature }
  }

  #readExport(cursor: ByteCursor): WasmExportEntry {
    const name = cursor.name()
    const kind = readKind(cursor)
    const index = cursor.unsigned()
    return { name, kind, signature: kind === 'function' ? (this.#functions[index] ?? null) : null }
  }
}

function repeat(cursor: ByteCursor, read: () => void): void {
  for (let count = cursor.count(); count > 0; count--) read()
}

function readFunctionType(cursor: ByteCursor): WasmSignature {
  const form = cursor.byte()
  if (form !== 0x60) {
    throw new RangeError(
      `the type at byte ${cursor.offset - 1} is not a function (garbage-collected types are not read)`,
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

function readValueType(cursor: ByteCursor): string {
  const code = cursor.byte()
  if (code === 0x63 || code === 0x64) {
    cursor.unsigned()
    return 'ref'
  }
  return valueTypes[code] ?? `type 0x${code.toString(16)}`
}

const kinds: readonly WasmExternalKind[] = ['function', 'table', 'memory', 'global', 'tag']

function readKind(cursor: ByteCursor): WasmExternalKind {
  const code = cursor.byte()
  const kind = kinds[code]
  if (kind === undefined)
    throw new RangeError(`byte ${cursor.offset - 1} is ${code}, which is no kind of import or export`)
  return kind
}

/** Bits of a limits flag: 1 has a maximum, 2 shared, 4 addresses are i64, 8 page size given. */
function readLimits(cursor: ByteCursor): WasmMemoryLimits {
  const flags = cursor.byte()
  const initialPages = cursor.unsigned()
  const maximumPages = (flags & 1) === 0 ? null : cursor.unsigned()
  const customPageSize = (flags & 8) !== 0
  if (customPageSize) cursor.unsigned()
  return { initialPages, maximumPages, shared: (flags & 2) !== 0, is64: (flags & 4) !== 0, customPageSize }
}

function readBodyOffsets(cursor: ByteCursor): Uint32Array<ArrayBuffer> {
  const offsets = new Uint32Array(cursor.count())
  for (let index = 0; index < offsets.length; index++) {
    const body = cursor.slice(cursor.unsigned())
    offsets[index] = body.offset
  }
  return offsets
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte)
}
