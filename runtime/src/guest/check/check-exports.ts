/** The part of the static check that looks at exports. */
import { abiExports, formatSignature } from '../contract/abi.ts'
import type { ModuleProblem } from './module-report.ts'
import type { WasmBinary } from '../wasm/wasm-binary.ts'

type ExportedFunction = keyof typeof abiExports

const remedies: Readonly<Record<ExportedFunction | 'memory', string>> = {
  call: 'export the entry: "export function call(): i32" in AssemblyScript, "#[slung::main]" in Rust',
  _start: 'let the toolchain generate _start, or export call instead',
  _initialize: 'let the toolchain generate _initialize, or leave it out',
  allocate: 'use a guest SDK, which exports it, or export a function that reserves this many bytes',
  deallocate: 'use a guest SDK, which exports it, or export a function that frees a Region and its bytes',
  memory: 'export the memory under the name "memory", as toolchains do by default',
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

/** Which export a run enters: `call` if there is one, otherwise `_start`. */
export function entryOf(binary: WasmBinary): 'call' | '_start' | null {
  return findExport(binary, 'call') !== undefined
    ? 'call'
    : findExport(binary, '_start') !== undefined
      ? '_start'
      : null
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
