/**
 * Reads from a WebAssembly binary what the engine's own interface does not provide: signatures, limits, and where
 * functions and custom sections lie. It trusts nothing, but leaves function bodies to the engine's validation.
 */
import { ByteCursor } from './byte-cursor.ts'
import {
  readFunctionType,
  readKind,
  readLimits,
  readTable,
  readValueType,
  repeat,
  type WasmExternalKind,
  type WasmLimits,
  type WasmSignature,
} from './wasm-types.ts'

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

export interface WasmGlobal {
  /** By its text-format name. */
  readonly type: string
  readonly isMutable: boolean
}

/** Offsets of a section: of its first byte, which is its id, and of the start and end of its payload. */
export interface WasmSection {
  readonly id: number
  readonly header: number
  readonly start: number
  readonly end: number
}

/** A custom section; the offsets enclose its payload, which follows the name. */
export interface WasmCustomSection {
  readonly name: string
  readonly start: number
  readonly end: number
}

export const sectionIds = { table: 4, memory: 5, global: 6, export: 7, code: 10 } as const

export interface WasmBinary {
  /** All sections, in file order. */
  readonly sections: readonly WasmSection[]
  readonly imports: readonly WasmImportEntry[]
  readonly exports: readonly WasmExportEntry[]
  /** Tables the module defines itself. */
  readonly tables: readonly WasmLimits[]
  readonly tableSection: WasmSection | null
  /** Memories the module defines itself. */
  readonly memories: readonly WasmLimits[]
  readonly memorySection: WasmSection | null
  /** The first global the module defines itself; the numbers of those it imports come before. */
  readonly firstGlobal: WasmGlobal | null
  readonly importedGlobalCount: number
  readonly exportSection: WasmSection | null
  readonly customSections: readonly WasmCustomSection[]
  /**
   * Where the body of each defined function begins, ascending; the first is that of the first function not imported.
   */
  readonly bodyOffsets: Uint32Array
  /** Where each body ends. */
  readonly bodyEnds: Uint32Array
  readonly importedFunctionCount: number
}

/** Whether the bytes begin like a core module, version 1. */
export function isCoreModule(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
}

/** Whether the bytes begin like a component of the component model. */
export function isComponent(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x00, 0x61, 0x73, 0x6d]) && bytes[6] === 0x01 && bytes[7] === 0x00
}

/**
 * Reads a core module.
 *
 * @throws {RangeError} when the bytes are cut off or use an unknown encoding; the text is a clause
 */
export function readWasmBinary(bytes: Uint8Array): WasmBinary {
  const sections = new SectionReader()
  const cursor = new ByteCursor(bytes, 8)
  while (!cursor.done) {
    const header = cursor.offset
    const id = cursor.byte()
    const payload = cursor.slice(cursor.unsigned())
    sections.read({ id, header, start: payload.offset, end: payload.end }, payload)
  }
  return sections.binary()
}

class SectionReader {
  readonly #sections: WasmSection[] = []
  readonly #types: WasmSignature[] = []
  readonly #functions: (WasmSignature | null)[] = []
  readonly #imports: WasmImportEntry[] = []
  readonly #exports: WasmExportEntry[] = []
  readonly #tables: WasmLimits[] = []
  readonly #memories: WasmLimits[] = []
  readonly #customSections: WasmCustomSection[] = []
  #tableSection: WasmSection | null = null
  #memorySection: WasmSection | null = null
  #firstGlobal: WasmGlobal | null = null
  #importedGlobalCount = 0
  #exportSection: WasmSection | null = null
  #bodyOffsets = new Uint32Array(0)
  #bodyEnds = new Uint32Array(0)
  #importedFunctionCount = 0

  read(section: WasmSection, cursor: ByteCursor): void {
    this.#sections.push(section)
    switch (section.id) {
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
      case sectionIds.table:
        this.#tableSection = section
        repeat(cursor, () => this.#tables.push(readTable(cursor)))
        break
      case sectionIds.memory:
        this.#memorySection = section
        repeat(cursor, () => this.#memories.push(readLimits(cursor)))
        break
      case sectionIds.global:
        if (cursor.count() > 0) this.#firstGlobal = { type: readValueType(cursor), isMutable: cursor.byte() === 1 }
        break
      case sectionIds.export:
        this.#exportSection = section
        repeat(cursor, () => this.#exports.push(this.#readExport(cursor)))
        break
      case sectionIds.code:
        this.#readBodies(cursor)
        break
    }
  }

  binary(): WasmBinary {
    return {
      sections: this.#sections,
      imports: this.#imports,
      exports: this.#exports,
      tables: this.#tables,
      tableSection: this.#tableSection,
      memories: this.#memories,
      memorySection: this.#memorySection,
      firstGlobal: this.#firstGlobal,
      importedGlobalCount: this.#importedGlobalCount,
      exportSection: this.#exportSection,
      customSections: this.#customSections,
      bodyOffsets: this.#bodyOffsets,
      bodyEnds: this.#bodyEnds,
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
      this.#importedGlobalCount++
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

  #readBodies(cursor: ByteCursor): void {
    const count = cursor.count()
    this.#bodyOffsets = new Uint32Array(count)
    this.#bodyEnds = new Uint32Array(count)
    for (let index = 0; index < count; index++) {
      const body = cursor.slice(cursor.unsigned())
      this.#bodyOffsets[index] = body.offset
      this.#bodyEnds[index] = body.end
    }
  }
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, index) => bytes[index] === byte)
}
