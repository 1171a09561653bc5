/** What the static check of a module found: plain data, safe to print as JSON and to send between threads. */

export interface ModuleReport {
  /** `unknown` when the bytes are not WebAssembly at all. */
  readonly kind: 'core-module' | 'component' | 'unknown'
  readonly byteLength: number
  /** The language it was probably written in; `null` without a hint. */
  readonly language: GuestLanguage | null
  /** Which export a run enters. */
  readonly entry: 'call' | '_start' | null
  readonly memory: ReportedMemory | null
  /** Names here and in messages are printable, and cut when they are long. Of a module with problems, 1,000 at most. */
  readonly imports: readonly ReportedImport[]
  readonly importCount: number
  /** In the same way. */
  readonly exports: readonly ReportedExport[]
  readonly exportCount: number
  /** What must change before the module can run; of many problems with imports, the first. Empty = it can run. */
  readonly problems: readonly ModuleProblem[]
  /** What may surprise but does not prevent a run. */
  readonly warnings: readonly ModuleProblem[]
}

export type GuestLanguage = 'AssemblyScript' | 'Rust' | 'C or C++' | 'Zig' | 'Go'

/** The memory a module defines, in pages of 64 KiB. */
export interface ReportedMemory {
  readonly initialPages: number
  /** As the module states it; `null` = it states none. */
  readonly maximumPages: number | null
}

export interface ReportedExport {
  readonly name: string
  /** `(i32) -> i64`; `memory`, `table`, `global` or `tag` for anything but a function. */
  readonly type: string
}

export interface ReportedImport extends ReportedExport {
  readonly module: string
}

export interface ModuleProblem {
  readonly code: ModuleProblemCode
  /** What was found, one line. */
  readonly message: string
  /** What to do about it, one line. */
  readonly remedy: string
}

export type ModuleProblemCode =
  | 'not-wasm'
  | 'component'
  | 'malformed'
  | 'file-too-large'
  | 'old-host'
  | 'rule-engine'
  | 'published-crate'
  | 'wasm-bindgen'
  | 'unknown-import'
  | 'wrong-signature'
  | 'missing-export'
  | 'imported-memory'
  | 'unsupported-memory'
  | 'memory-over-cap'
  | 'tables-over-cap'
  | 'debug-sections'
  | 'wasi-unanswered'
  | 'no-workflow-calls'
  | 'published-write-event'
