/**
 * The part of the engine's WebAssembly interface this folder uses, typed here because neither TypeScript's `es2024`
 * library nor `@types/node` describes it. Suspending calls are the JavaScript Promise Integration of Node ≥ 24.20.
 */

/** A compiled module: immutable; cloning it to another thread does not compile it again. */
export interface WasmModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module'
}

export interface WasmMemory {
  /** A new, longer buffer after each growth; the old one is detached, so its length becomes 0. */
  readonly buffer: ArrayBuffer
}

/** What a module exports, by name: functions, memories, tables and globals. */
export type WasmExports = Readonly<Record<string, unknown>>

export interface WasmInstance {
  readonly exports: WasmExports
}

/** Import functions by module and name. */
export type WasmImports = Record<string, Record<string, unknown>>

// oxlint-disable-next-line typescript/no-explicit-any -- functions of any signature take part
type AnyFunction = (...parameters: any[]) => unknown

export interface WasmEngine {
  readonly Module: {
    new (bytes: Uint8Array): WasmModule
    customSections(module: WasmModule, name: string): ArrayBuffer[]
  }
  readonly Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance
  readonly RuntimeError: ErrorConstructor
  readonly CompileError: ErrorConstructor
  /** A language-level exception that the guest threw and did not catch. */
  readonly Exception: new (...parameters: never[]) => object
  /** Thrown where a suspending import is called without a `promising` call below it. */
  readonly SuspendError: ErrorConstructor
  /** Makes an import whose promise parks the guest until it settles. */
  readonly Suspending: new (call: AnyFunction) => object
  /** Enters an export that suspending imports may park. */
  promising<Result>(exported: (...parameters: never[]) => Result): () => Promise<Result>
  compile(bytes: Uint8Array): Promise<WasmModule>
  validate(bytes: Uint8Array): boolean
}

/** The engine itself. */
export const wasmEngine: WasmEngine = (globalThis as unknown as { WebAssembly: WasmEngine }).WebAssembly
