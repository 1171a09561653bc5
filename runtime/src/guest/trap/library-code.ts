/**
 * Which functions and sources of a guest are not its author's: the libraries of AssemblyScript and Rust, our SDKs, and
 * what toolchains put below them.
 */
import type { FunctionName } from '../wasm/demangle-v0.ts'
import type { ModuleReport } from '../check/module-report.ts'

const librarySource = /^~lib\/|(?:^|\/)(?:node_modules|sdk-as\/assembly)\//

/** Our SDK and what the published crate brings along; the standard library and what it is built from. */
const libraryCrates: ReadonlySet<string> = new Set(
  (
    'slung slung_macros serde serde_core serde_json itoa ryu zmij ' +
    'std core alloc compiler_builtins panic_abort panic_unwind unwind std_detect __rustc addr2line adler adler2 cfg_if ' +
    'dlmalloc gimli hashbrown libc memchr miniz_oxide object rustc_demangle wasi wasip1 wasip2'
  ).split(' '),
)

const libraryFunction = new RegExp(
  [
    '^~',
    librarySource.source,
    '/slung_abort$',
    String.raw`^(?:_?_?rust_|__rg_|__rdl_|__main_void$|__original_main$|_start$)`,
    String.raw`\.command_export$`,
  ].join('|'),
)

/** What our Rust SDK and the toolchain export besides the author's entry. */
const rustExports: readonly string[] = ['allocate', 'deallocate', 'main', '_initialize']

/** @param name - one for a function without a name, `wasm-function[7]`, is the author's */
export function isLibraryFunction({ text, crate }: FunctionName, { language, exports }: ModuleReport): boolean {
  const crates = crate === null ? implementingCrates(text) : [crate]
  if (crates.length > 0) return crates.every((one) => libraryCrates.has(one))
  if (libraryFunction.test(text)) return true
  // Rust's own functions have a path. The others belong to the C library below it, or are exports.
  const isPlain = language === 'Rust' && !/::|^_ZN|^_R|^wasm-function/.test(text)
  return isPlain && (rustExports.includes(text) || !exports.some((entry) => entry.name === text))
}

/**
 * The crates one of which has an implementation that a legacy name of Rust speaks of, such as
 * `<guest::Alert as core::fmt::Display>::fmt`: only the crate of the trait or of a type can have it.
 */
function implementingCrates(text: string): readonly string[] {
  if (!text.startsWith('<')) return []
  return Array.from(text.matchAll(/(?<![\w:>])(\w+)::/g), ([, crate]) => crate!)
}

/** @param source - as in a source map */
export function isLibrarySource(source: string): boolean {
  return librarySource.test(source)
}
