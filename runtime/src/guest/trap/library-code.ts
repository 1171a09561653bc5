/**
 * Which functions and sources of a guest are not its author's: the libraries of AssemblyScript and Rust, our SDKs, and
 * what toolchains put below them.
 */
import type { ModuleReport } from '../check/module-report.ts'

const librarySource = /^~lib\/|(?:^|\/)(?:node_modules|sdk-as\/assembly)\//

// A type parameter in front of `as` marks an implementation for all types, which only the trait's own crate can have.
const libraryFunction = new RegExp(
  [
    '^~',
    librarySource.source,
    '/slung_abort$',
    '^<?(?:&(?:mut )?)?(?:\\w+ as )?(?:std|core|alloc|compiler_builtins|dlmalloc|hashbrown|slung)::',
    String.raw`^(?:_?_?rust_|__rg_|__rdl_|__main_void$|__original_main$|_start$)`,
    String.raw`\.command_export$`,
  ].join('|'),
)

/** What our Rust SDK and the toolchain export besides the author's entry. */
const rustExports: readonly string[] = ['allocate', 'deallocate', 'main', '_initialize']

/** @param name - as in the name section, demangled; `wasm-function[7]` for one without a name is the author's */
export function isLibraryFunction(name: string, { language, exports }: ModuleReport): boolean {
  if (libraryFunction.test(name)) return true
  // Rust's own functions have a path. The others belong to the C library below it, or are exports.
  const isPlain = language === 'Rust' && !/::|^_ZN|^_R|^wasm-function/.test(name)
  return isPlain && (rustExports.includes(name) || !exports.some((entry) => entry.name === name))
}

/** @param source - as in a source map */
export function isLibrarySource(source: string): boolean {
  return librarySource.test(source)
}
