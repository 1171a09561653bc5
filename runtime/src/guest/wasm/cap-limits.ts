/**
 * The caps on memory and tables: the maxima that a module states are lowered (or added) before it is compiled, so the
 * engine itself refuses to grow past them. Worker resource limits do not do this: they ignore WebAssembly memory, and a
 * table that outgrows the heap takes the whole process with it.
 */
import { encodeUnsigned } from './byte-writer.ts'
import type { WasmBinary, WasmSection } from './wasm-binary.ts'
import type { WasmLimits } from './wasm-types.ts'

/** Most pages of 64 KiB a guest's memory may have by default: 256 MiB. */
export const memoryPagesMaxDefault = 4096
/** Most tables of a module. Toolchains create one, wasm-bindgen two. */
export const tablesMax = 4
/**
 * Most elements of a table, and of all tables together at the start. Toolchains add one element per function that is
 * called through a pointer: some ten thousand in large programs.
 */
export const tableElementsMax = 100_000

export interface CappedModule {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The maximum of the memory now in force. */
  readonly memoryPagesMax: number
  /** How far everything after the memory section moved; offsets in a source map count without it. */
  readonly shiftBytes: number
}

/**
 * Copies a module with its memory's maximum at most `memoryPagesMax`, and that of each table at most `tableElementsMax`.
 *
 * The module must have passed `checkModule`: it defines one plain memory, and the initial sizes are within the caps.
 */
export function capLimits(bytes: Uint8Array, binary: WasmBinary, memoryPagesMax: number): CappedModule {
  const { tables, tableSection, memories, memorySection } = binary
  const parts: Uint8Array[] = []
  let copied = 0
  function replace(section: WasmSection, limits: readonly WasmLimits[], maximum: number): void {
    parts.push(bytes.subarray(copied, section.header), rewriteSection(bytes, section, limits, maximum))
    copied = section.end
  }
  // In the order of the binary format.
  if (tableSection !== null) replace(tableSection, tables, tableElementsMax)
  replace(memorySection!, memories, memoryPagesMax)
  parts.push(bytes.subarray(copied))
  const capped = concatenate(parts)
  return {
    bytes: capped,
    memoryPagesMax: cap(memories[0]!, memoryPagesMax),
    shiftBytes: capped.length - bytes.length,
  }
}

/** The section again with other maxima, header included. */
function rewriteSection(
  bytes: Uint8Array,
  section: WasmSection,
  limits: readonly WasmLimits[],
  maximum: number,
): Uint8Array {
  const parts: Uint8Array[] = []
  let copied = section.start
  for (const entry of limits) {
    parts.push(bytes.subarray(copied, entry.start), encodeLimits(entry, cap(entry, maximum)))
    copied = entry.end
  }
  const payload = concatenate([...parts, bytes.subarray(copied, section.end)])
  return Uint8Array.from([section.id, ...encodeUnsigned(payload.length), ...payload])
}

function cap(limits: WasmLimits, maximum: number): number {
  return Math.min(limits.maximum ?? maximum, maximum)
}

function encodeLimits({ initial, is64 }: WasmLimits, maximum: number): Uint8Array {
  const hasMaximum = 1
  return Uint8Array.from([hasMaximum | (is64 ? 4 : 0), ...encodeUnsigned(initial), ...encodeUnsigned(maximum)])
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
