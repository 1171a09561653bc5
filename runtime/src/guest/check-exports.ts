/** The part of the static check that looks at exports and at the memory. */
import { abiExports, formatSignature, pageBytes } from './abi.ts'
import type { ModuleProblem } from './module-report.ts'
import type { WasmBinary } from './wasm-binary.ts'

type ExportedFunction = keyof typeof abiExports

const remedies: Readonly<Record<ExportedFunction | 'memory', string>> = {
  call: 'export the entry: "export function call(): i32" in AssemblyScript, "#[slung::main]" in Rust',
  _start: 'let the toolchain make _start, or export call instead',
  _initialize: 'let the toolchain make _initialize, or leave it out',
  allocate: 'use a guest SDK, which exports it, or export a function that reserves this many bytes',
  deallocate: 'use a guest SDK, which exports it, or export a function that frees a Region and its bytes',
  memory: 'export the memory under the name "memory", as toolchains do unless told otherwise',
}

/** All problems of a module's exports. */
export function checkExports(binary: WasmBinary): ModuleProblem[] {
  const problems: ModuleProblem[] = []
  const entry = entryOf(binary)
  if (entry === null) {
    problems.push({
      code: 'missing-export',
      message: 'it has no entry: neither a function "call" nor "_start" is exported',
      remedy: remedies.call,
    })
  } else {
    problems.push(...checkFunction(binary, entry))
  }
  if (findExport(binary, '_initialize') !== undefined) problems.push(...checkFunction(binary, '_initialize'))
  problems.push(...checkFunction(binary, 'allocate'), ...checkFunction(binary, 'deallocate'))
  if (findExport(binary, 'memory')?.kind !== 'memory') {
    problems.push({ code: 'missing-export', message: 'it exports no memory "memory"', remedy: remedies.memory })
  }
  return problems
}

/** Which export a run enters: `call` if there is one, else `_start`. */
export function entryOf(binary: WasmBinary): 'call' | '_start' | null {
  return findExport(binary, 'call') !== undefined
    ? 'call'
    : findExport(binary, '_start') !== undefined
      ? '_start'
      : null
}

/** All problems of the memory a module defines. */
export function checkMemory(binary: WasmBinary, memoryPagesMax: number): ModuleProblem[] {
  const [memory, second] = binary.memories
  if (memory === undefined) return []
  const unsupported = second !== undefined ? 'several memories' : unsupportedKind(memory)
  if (unsupported !== null) {
    return [
      {
        code: 'unsupported-memory',
        message: `it has ${unsupported}, and hosts run guests with one plain memory of 32-bit addresses`,
        remedy: 'build without threads, memory64, multi-memory and custom page sizes',
      },
    ]
  }
  if (memory.initialPages <= memoryPagesMax) return []
  return [
    {
      code: 'memory-over-cap',
      message: `its memory begins with ${formatPages(memory.initialPages)}, and the cap is ${formatPages(memoryPagesMax)}`,
      remedy: 'make static data or the initial memory smaller, or raise the cap',
    },
  ]
}

function formatPages(pages: number): string {
  return `${pages} pages (${(pages * pageBytes) / 1_048_576} MiB)`
}

function unsupportedKind(memory: WasmBinary['memories'][number]): string | null {
  if (memory.shared) return 'a shared memory'
  if (memory.is64) return 'a memory of 64-bit addresses'
  return memory.customPageSize ? 'a memory with a page size of its own' : null
}

function findExport(binary: WasmBinary, name: string): WasmBinary['exports'][number] | undefined {
  return binary.exports.find((candidate) => candidate.name === name)
}

function checkFunction(binary: WasmBinary, name: ExportedFunction): ModuleProblem[] {
  const { parameters, result } = abiExports[name]
  const expected = formatSignature(
    parameters.map(({ type }) => type),
    result === null ? [] : [result],
  )
  const found = findExport(binary, name)
  if (found === undefined) {
    return [{ code: 'missing-export', message: `it exports no function "${name}" ${expected}`, remedy: remedies[name] }]
  }
  const foundType =
    found.signature === null ? found.kind : formatSignature(found.signature.parameters, found.signature.results)
  if (foundType === expected) return []
  return [
    {
      code: 'wrong-signature',
      message: `it exports "${name}" as ${foundType}; expected ${expected}`,
      remedy: remedies[name],
    },
  ]
}
