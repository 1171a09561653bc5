/**
 * The static check before a module runs: pure and complete. It reports all problems together, each with its remedy, so
 * that one build can fix them all. The rules are those of `docs/abi.md`; `abi.ts` has the table.
 */
import { oneLine, shorten } from '../../engine/text/quote.ts'
import { formatSignature } from '../contract/abi.ts'
import { memoryPagesMaxDefault } from '../wasm/cap-limits.ts'
import { checkExports, entryOf } from './check-exports.ts'
import { callsWorkflow, checkImports, unansweredWasi } from './check-imports.ts'
import { checkMemory, checkTables } from './check-limits.ts'
import { checkPublishedCrate, checkRules, publishedCrateWarnings } from './check-published.ts'
import { describeBytes } from '../wasm/describe-bytes.ts'
import { guessLanguage } from './guess-language.ts'
import type { ModuleProblem, ModuleReport } from './module-report.ts'
import {
  isComponent,
  isCoreModule,
  readWasmBinary,
  type WasmBinary,
  type WasmExportEntry,
} from '../wasm/wasm-binary.ts'
import { wasmEngine } from '../wasm/wasm-engine.ts'

export interface CheckOptions {
  /** Most pages of 64 KiB the memory may have; 4,096 (256 MiB) if left out. */
  readonly memoryPagesMax?: number
}

/** Size of the largest file that is read; larger ones are rejected. */
export const fileBytesMax = 67_108_864

// Beyond this size debug sections are worth a warning: a stripped guest has some tens of kilobytes.
const largeModuleBytes = 1_000_000

/** UTF-16 units shown of what the engine says: it quotes names. */
const engineUnitsMax = 400

/** Imports and exports that the report of a module with problems lists. */
const listedMax = 1000
const nameUnitsMax = 200

export interface CheckedModule {
  readonly report: ModuleReport
  /** The module as the check read it; `null` when the bytes cannot be read. */
  readonly binary: WasmBinary | null
}

/** Checks a module's bytes. Never throws: the report covers any bytes. */
export function checkModule(bytes: Uint8Array, options: CheckOptions = {}): CheckedModule {
  if (bytes.length > fileBytesMax) {
    return rejected(bytes, 'unknown', {
      code: 'file-too-large',
      message: `it has ${bytes.length} bytes; at most ${fileBytesMax} (64 MiB) are allowed`,
      remedy: 'strip debug sections and embedded data',
    })
  }
  if (isComponent(bytes)) {
    return rejected(bytes, 'component', {
      code: 'component',
      message: 'it is a component of the component model, and hosts run core modules',
      remedy: 'use the core module the component was made from (target wasm32-wasip1, not wasm32-wasip2)',
    })
  }
  if (!isCoreModule(bytes)) {
    return rejected(bytes, 'unknown', {
      code: 'not-wasm',
      message: `it is not a WebAssembly module: it ${describeBytes(bytes)}`,
      remedy: 'name the .wasm file that the build wrote',
    })
  }
  let binary: WasmBinary
  try {
    binary = readWasmBinary(bytes)
  } catch (error) {
    return rejected(bytes, 'core-module', malformed(error))
  }
  return { report: reportOn(bytes, binary, options.memoryPagesMax ?? memoryPagesMaxDefault), binary }
}

/** One line for each problem with its remedy, numbered when there are several. */
export function formatProblems(problems: readonly ModuleProblem[]): string {
  return problems
    .map(({ message, remedy }, index) => {
      const number = problems.length === 1 ? '' : `${index + 1}. `
      return `${number}${message}\n${' '.repeat(number.length)}  → ${remedy}`
    })
    .join('\n')
}

function reportOn(bytes: Uint8Array, binary: WasmBinary, memoryPagesMax: number): ModuleReport {
  const rules = checkRules(binary)
  const problems =
    rules.length > 0
      ? rules
      : [
          ...checkImports(binary),
          ...checkExports(binary),
          ...checkMemory(binary, memoryPagesMax),
          ...checkTables(binary),
          ...checkPublishedCrate(bytes, binary),
        ]
  if (problems.length === 0) problems.push(...validate(bytes))
  const memory = binary.memories[0]
  const isBad = problems.length > 0
  const listed = isBad ? listedMax : undefined
  const shown = (name: string): string => (isBad ? shorten(name, nameUnitsMax) : name)
  return {
    kind: 'core-module',
    byteLength: bytes.length,
    language: guessLanguage(bytes, binary),
    entry: entryOf(binary),
    memory: memory === undefined ? null : { initialPages: memory.initial, maximumPages: memory.maximum },
    imports: binary.imports
      .slice(0, listed)
      .map((entry) => ({ module: shown(entry.module), name: shown(entry.name), type: typeOf(entry) })),
    importCount: binary.imports.length,
    exports: binary.exports.slice(0, listed).map((entry) => ({ name: shown(entry.name), type: typeOf(entry) })),
    exportCount: binary.exports.length,
    problems,
    warnings: rules.length > 0 ? [] : findWarnings(bytes, binary),
  }
}

function rejected(bytes: Uint8Array, kind: ModuleReport['kind'], problem: ModuleProblem): CheckedModule {
  const nothing = { language: null, entry: null, memory: null, imports: [], exports: [], warnings: [] }
  const counts = { importCount: 0, exportCount: 0 }
  return { report: { kind, byteLength: bytes.length, ...nothing, ...counts, problems: [problem] }, binary: null }
}

function validate(bytes: Uint8Array): ModuleProblem[] {
  if (wasmEngine.validate(bytes)) return []
  try {
    void new wasmEngine.Module(bytes)
    return []
  } catch (error) {
    return [malformed(error)]
  }
}

function malformed(error: unknown): ModuleProblem {
  const reason = oneLine(error instanceof Error ? error.message : String(error), engineUnitsMax)
  return {
    code: 'malformed',
    message: `it is damaged, or uses features that this version does not know: ${reason}`,
    remedy: 'build again; if that does not help, build for plain WebAssembly without newer proposals',
  }
}

function typeOf({ kind, signature }: Pick<WasmExportEntry, 'kind' | 'signature'>): string {
  return signature === null ? kind : formatSignature(signature.parameters, signature.results)
}

function findWarnings(bytes: Uint8Array, binary: WasmBinary): ModuleProblem[] {
  const warnings: ModuleProblem[] = []
  const debugBytes = binary.customSections
    .filter(({ name }) => name.startsWith('.debug_'))
    .reduce((sum, { start, end }) => sum + end - start, 0)
  if (bytes.length > largeModuleBytes && debugBytes > 0) {
    warnings.push({
      code: 'debug-sections',
      message: `${debugBytes} of its ${bytes.length} bytes are debug sections, which no host reads`,
      remedy: 'strip them, and keep the names: strip = "debuginfo" in the release profile of Cargo.toml',
    })
  }
  const unanswered = unansweredWasi(binary)
  if (unanswered !== null) {
    warnings.push({
      code: 'wasi-unanswered',
      message: `it imports WASI functions that answer "not supported" here: ${unanswered}`,
      remedy: 'nothing to do if they are not called; guests have no files, sockets or sleep',
    })
  }
  if (!callsWorkflow(binary)) {
    warnings.push({
      code: 'no-workflow-calls',
      message: 'it calls no workflow function: it can neither query nor write back',
      remedy: 'check that the entry calls the guest SDK, and that the linker kept it',
    })
  }
  warnings.push(...publishedCrateWarnings(bytes, binary))
  return warnings
}
