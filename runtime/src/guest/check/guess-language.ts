/**
 * Guesses the source language of a module from what compilers leave in it. A hint for people; nothing depends on it.
 */
import type { GuestLanguage } from './module-report.ts'
import type { WasmBinary } from '../wasm/wasm-binary.ts'

/** The language, or `null` when nothing hints at one. */
export function guessLanguage(bytes: Uint8Array, binary: WasmBinary): GuestLanguage | null {
  const producers = sectionText(bytes, binary, 'producers')
  if (producers.includes('Rust')) return 'Rust'
  if (producers.includes('TinyGo') || producers.includes('Go cmd/compile')) return 'Go'
  if (producers.includes('Zig')) return 'Zig'
  if (producers.includes('clang')) return 'C or C++'
  const names = sectionText(bytes, binary, 'name')
  if (names.includes('~lib/')) return 'AssemblyScript'
  // In either of its manglings.
  if (['_ZN4core', '_4core', 'core::'].some((name) => names.includes(name))) return 'Rust'
  const imports = new Set(binary.imports.map(({ module, name }) => `${module}.${name}`))
  return imports.has('env.abort') || imports.has('env.seed') ? 'AssemblyScript' : null
}

function sectionText(bytes: Uint8Array, binary: WasmBinary, name: string): string {
  const section = binary.customSections.find((candidate) => candidate.name === name)
  return section === undefined ? '' : latin1.decode(bytes.subarray(section.start, section.end))
}

const latin1 = new TextDecoder('latin1')
