/** Copies a module with some of its sections written anew; everything else stays as it is, only further up or down. */
import { ByteCursor } from './byte-cursor.ts'
import { encodeUnsigned } from './byte-writer.ts'
import type { WasmSection } from './wasm-binary.ts'

export interface SectionReplacement {
  readonly section: WasmSection
  /** The new section, header included. */
  readonly bytes: Uint8Array
}

/** @param replacements - in file order */
export function replaceSections(
  bytes: Uint8Array,
  replacements: readonly SectionReplacement[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  let copied = 0
  for (const { section, bytes: replacement } of replacements) {
    parts.push(bytes.subarray(copied, section.header), replacement)
    copied = section.end
  }
  return concatenate([...parts, bytes.subarray(copied)])
}

/** A section that is a list, with one more entry. */
export function appendEntry(bytes: Uint8Array, section: WasmSection, entry: readonly number[]): Uint8Array {
  const cursor = new ByteCursor(bytes, section.start, section.end)
  const count = encodeUnsigned(cursor.unsigned() + 1)
  const entries = bytes.subarray(cursor.offset, section.end)
  return encodeSection(section.id, [Uint8Array.from(count), entries, Uint8Array.from(entry)])
}

/** A section, header included. @param parts - of its payload */
export function encodeSection(id: number, parts: readonly Uint8Array[]): Uint8Array {
  const payload = concatenate(parts)
  return concatenate([Uint8Array.from([id, ...encodeUnsigned(payload.length)]), payload])
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
