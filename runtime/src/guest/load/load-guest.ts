/** From a file to a module that is ready to run: read, checked, its memory and tables capped, compiled once. */
import { basename, dirname, join } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'
import { ByteCursor } from '../wasm/byte-cursor.ts'
import { capLimits, memoryPagesMaxDefault } from '../wasm/cap-limits.ts'
import { checkModule, formatProblems } from '../check/check-module.ts'
import type { ModuleReport } from '../check/module-report.ts'
import { movedBy, unmoved, type ByteMoves } from '../wasm/byte-moves.ts'
import { readRegularFile } from './read-regular-file.ts'
import { replaceSections } from '../wasm/replace-sections.ts'
import { exposeStackPointer } from '../wasm/stack-pointer.ts'
import { readWasmBinary, type WasmBinary } from '../wasm/wasm-binary.ts'
import { wasmEngine, type WasmModule } from '../wasm/wasm-engine.ts'
import { describeFileError } from '../../engine/text/describe-file-error.ts'

/** A guest that can be started any number of times, in any thread: it survives structured cloning. */
export interface GuestModule {
  /** Its path, for messages. */
  readonly file: string
  readonly module: WasmModule
  readonly report: ModuleReport
  /** The maximum of its memory in pages of 64 KiB: its own or the cap, whichever is lower. */
  readonly memoryPagesMax: number
  readonly positions: GuestPositions
}

/** What it takes to turn a byte offset of the compiled module into a source position. */
export interface GuestPositions {
  /** Text of the source map; `null` without one. */
  readonly sourceMap: string | null
  /** How the compiled module differs from the file, which the source map describes. */
  readonly moves: ByteMoves
  /** Where the body of each defined function begins in the file. */
  readonly bodyOffsets: Uint32Array
  readonly importedFunctionCount: number
}

export interface LoadOptions {
  /** Most pages of 64 KiB the guest's memory may have; 4,096 (256 MiB) if left out. */
  readonly memoryPagesMax?: number
  /**
   * Makes the bytes to compile instead of those of the file, from a module that has passed the check. They must behave
   * like the file, keep the numbers of its functions and its name section. Reports and positions stay those of the
   * file. `null` = compile the file as it is.
   */
  readonly rewrite?: (original: OriginalModule) => RewrittenModule | null
}

/** A module as it is in its file. */
export interface OriginalModule {
  readonly bytes: Uint8Array
  readonly binary: WasmBinary
  readonly report: ModuleReport
  /** Text of the source map; `null` without one. */
  readonly sourceMap: string | null
}

export interface RewrittenModule {
  readonly bytes: Uint8Array
  readonly moves: ByteMoves
}

/**
 * Loads a guest.
 *
 * @throws {SlungError} `unreadable-file`; `bad-module` with every problem of the module and its remedy
 */
export async function loadGuest(file: string, options: LoadOptions = {}): Promise<GuestModule> {
  return prepareGuest(file, await readGuestFile(file), options)
}

/** No guest has a tenth of it. Checking and compiling a module takes several times its size. */
const moduleBytesMax = 256 * 1024 * 1024

/** Reads the bytes of a module. @throws {SlungError} `unreadable-file` */
export async function readGuestFile(file: string): Promise<Uint8Array> {
  try {
    return await readRegularFile(file, moduleBytesMax)
  } catch (error) {
    throw new SlungError('unreadable-file', `cannot read workflow "${file}": ${describeFileError(error)}`, {
      cause: error,
    })
  }
}

/**
 * As `loadGuest`, for bytes in memory. It still looks for a source map beside `file`.
 *
 * @throws {SlungError} `bad-module`; what `rewrite` throws comes through as it is
 */
export async function prepareGuest(file: string, bytes: Uint8Array, options: LoadOptions = {}): Promise<GuestModule> {
  const { report, binary } = checkModule(bytes, options)
  if (binary === null || report.problems.length > 0) {
    throw new SlungError('bad-module', `cannot run workflow "${file}":\n${formatProblems(report.problems)}`)
  }
  const sourceMap = await readSourceMap(file, bytes, binary)
  const rewritten = options.rewrite?.({ bytes, binary, report, sourceMap }) ?? null
  const source = rewritten?.bytes ?? bytes
  const sourceBinary = rewritten === null ? binary : readWasmBinary(rewritten.bytes)
  const capped = capLimits(source, sourceBinary, options.memoryPagesMax ?? memoryPagesMaxDefault)
  const exposed = report.language === 'AssemblyScript' ? [] : exposeStackPointer(source, sourceBinary)
  // All of them stand before the code, and so in this order.
  const compiled = replaceSections(source, [...capped.replacements, ...exposed])
  return {
    file,
    module: await wasmEngine.compile(compiled),
    report,
    memoryPagesMax: capped.memoryPagesMax,
    positions: {
      sourceMap,
      moves: movedBy(rewritten?.moves ?? unmoved, compiled.length - source.length),
      bodyOffsets: binary.bodyOffsets,
      importedFunctionCount: binary.importedFunctionCount,
    },
  }
}

/**
 * The map the module points to: inline, or a file of that name beside it. `null` when it cannot be read: a map is a
 * courtesy.
 */
async function readSourceMap(file: string, bytes: Uint8Array, binary: WasmBinary): Promise<string | null> {
  const section = binary.customSections.find(({ name }) => name === 'sourceMappingURL')
  if (section === undefined) return null
  try {
    const url = new URL(new ByteCursor(bytes, section.start, section.end).name(), 'file:///')
    if (url.protocol === 'data:') return await (await fetch(url)).text()
    // Only the last part of the address counts: a module must not choose what else is read.
    const path = join(dirname(file), basename(decodeURIComponent(url.pathname)))
    return (await readRegularFile(path, moduleBytesMax)).toString()
  } catch {
    return null
  }
}
