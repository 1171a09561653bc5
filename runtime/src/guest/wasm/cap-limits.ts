/**
 * The caps on memory and tables: the maxima that a module states are lowered (or added) before it is compiled, so the
 * engine itself refuses to grow past them. Worker resource limits do not do this: they ignore WebAssembly memory, and a
 * table that outgrows the heap takes the whole process with it.
 */
import { encodeUnsigned } from './byte-writer.ts'
import { encodeSection, type SectionReplacement } from './replace-sections.ts'
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

export interface CappedLimits {
  /** The sections that state them, in file order. */
  readonly replacements: readonly SectionReplacement[]
  /** The maximum of the memory now in force. */
  readonly memoryPagesMax: number
}

/**
 * Lowers the maximum of a module's memory to `memoryPagesMax`, and that of each table to `tableElementsMax`.
 *
 * The module must have passed `checkModule`: it defines one plain memory, and the initial sizes are within the caps.
 */
export function capLimits(bytes: Uint8Array, binary: WasmBinary, memoryPagesMax: number): CappedLimits {
  const { tables, tableSection, memories, memorySection } = binary
  const replacements = [rewriteSection(bytes, memorySection!, memories, memoryPagesMax)]
  if (tableSection !== null) replacements.unshift(rewriteSection(bytes, tableSection, tables, tableElementsMax))
  return { replacements, memoryPagesMax: cap(memories[0]!, memoryPagesMax) }
}

/** The section again with other maxima. */
function rewriteSection(
  bytes: Uint8Array,
  section: WasmSection,
  limits: readonly WasmLimits[],
  maximum: number,
): SectionReplacement {
  const parts: Uint8Array[] = []
  let copied = section.start
  for (const entry of limits) {
    parts.push(bytes.subarray(copied, entry.start), encodeLimits(entry, cap(entry, maximum)))
    copied = entry.end
  }
  return { section, bytes: encodeSection(section.id, [...parts, bytes.subarray(copied, section.end)]) }
}

function cap(limits: WasmLimits, maximum: number): number {
  return Math.min(limits.maximum ?? maximum, maximum)
}

function encodeLimits({ initial, is64 }: WasmLimits, maximum: number): Uint8Array {
  const hasMaximum = 1
  return Uint8Array.from([hasMaximum | (is64 ? 4 : 0), ...encodeUnsigned(initial), ...encodeUnsigned(maximum)])
}
