/**
 * Compilers based on LLVM keep a stack in linear memory, for what has an address. It lies at the bottom of the memory
 * and grows downwards, so an overflow is an access to a "negative" address, which looks like any other wild pointer.
 * Where its pointer stood tells the difference: it is exported here, so that a trap can look.
 */
import type { SectionReplacement } from './replace-sections.ts'
import { appendEntry } from './replace-sections.ts'
import { encodeUnsigned } from './byte-writer.ts'
import type { WasmBinary } from './wasm-binary.ts'

/** The export of the pointer, besides those of the file. */
export const stackPointerExport = 'slung.stack_pointer'

const globalKind = 3

/** What a trap can know of the stack, in bytes from its end; an overflow has gone below 0. */
export interface StackPointer {
  readonly initial: number
  readonly current: number
}

/**
 * Exports the stack pointer of a module that LLVM's linker wrote: the first global it defines.
 *
 * @returns nothing to replace when that is no stack pointer
 */
export function exposeStackPointer(bytes: Uint8Array, binary: WasmBinary): SectionReplacement[] {
  const { exportSection: section, firstGlobal, importedGlobalCount, exports } = binary
  if (section === null || firstGlobal === null) return []
  if (firstGlobal.type !== 'i32' || !firstGlobal.isMutable) return []
  if (exports.some(({ name }) => name === stackPointerExport)) return []
  const name = [stackPointerExport.length, ...Buffer.from(stackPointerExport)]
  return [
    { section, bytes: appendEntry(bytes, section, [...name, globalKind, ...encodeUnsigned(importedGlobalCount)]) },
  ]
}

/**
 * Whether the stack overflowed. A function that calls no other one uses its part without moving the pointer, so a stack
 * that is all but used up counts.
 */
export function hasOverflowed({ initial, current }: StackPointer): boolean {
  return initial > 0 && current < initial / 64
}
