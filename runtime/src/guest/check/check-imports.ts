/** The part of the static check that looks at imports: the host must have each of them, with the same type. */
import { suggest } from '../../engine/text/suggest.ts'
import {
  abiImports,
  extensionModule,
  formatSignature,
  wasiModule,
  workflowModule,
  type AbiImport,
} from '../contract/abi.ts'
import type { ModuleProblem } from './module-report.ts'
import type { WasmBinary, WasmImportEntry } from '../wasm/wasm-binary.ts'
import type { WasmSignature } from '../wasm/wasm-types.ts'

/** All problems of a module's imports, in module order; those with a common cause are reported once. */
export function checkImports(binary: WasmBinary): ModuleProblem[] {
  const bindgen = binary.imports.filter(isBindgen)
  const rest = binary.imports.filter((entry) => !isBindgen(entry))
  const oldHost = rest.filter(isOldHost)
  const problems = rest.filter((entry) => !oldHost.includes(entry)).flatMap(checkImport)
  if (oldHost.length > 0) problems.unshift(describeOldHost(oldHost))
  if (bindgen.length > 0) problems.unshift(describeBindgen(bindgen))
  return problems
}

/** The WASI functions a module imports that this host only answers with ENOSYS. */
export function unansweredWasi(binary: WasmBinary): string[] {
  return binary.imports
    .filter((entry) => entry.module === wasiModule && findImport(entry) === null)
    .map(({ name }) => name)
}

/** Whether a module calls any workflow function. */
export function callsWorkflow(binary: WasmBinary): boolean {
  return binary.imports.some((entry) => findImport(entry)?.group === 'workflow')
}

function findImport({ module, name }: Pick<WasmImportEntry, 'module' | 'name'>): AbiImport | null {
  return abiImports.find((candidate) => candidate.module === module && candidate.name === name) ?? null
}

function checkImport(entry: WasmImportEntry): ModuleProblem[] {
  if (entry.kind === 'memory') {
    return [
      {
        code: 'imported-memory',
        message: `it imports its memory as ${quote(entry)}, but must define and export one itself`,
        remedy: 'build without importing memory: no --importMemory for asc, no --import-memory for the linker',
      },
    ]
  }
  if (entry.signature === null) {
    return [{ code: 'unknown-import', message: `it imports the ${entry.kind} ${quote(entry)}`, remedy: onlyFunctions }]
  }
  const known = findImport(entry)
  if (known !== null) return checkSignature(entry, entry.signature, signatureOf(known))
  if (entry.module === wasiModule) {
    // Any WASI function may be imported, provided that it can return an errno.
    return checkSignature(entry, entry.signature, { parameters: entry.signature.parameters, results: ['i32'] })
  }
  return [
    { code: 'unknown-import', message: `it imports ${quote(entry)}, which no host has`, remedy: remedyFor(entry) },
  ]
}

const onlyFunctions = 'import functions only; docs/abi.md lists them'

function checkSignature(entry: WasmImportEntry, found: WasmSignature, expected: WasmSignature): ModuleProblem[] {
  const foundText = formatSignature(found.parameters, found.results)
  const expectedText = formatSignature(expected.parameters, expected.results)
  if (foundText === expectedText) return []
  return [
    {
      code: 'wrong-signature',
      message: `it imports ${quote(entry)} as ${foundText}; the host has ${expectedText}`,
      remedy: `declare ${entry.name} with that type, or use the declarations of a guest SDK`,
    },
  ]
}

function signatureOf({ parameters, result }: AbiImport): WasmSignature {
  return { parameters: parameters.map(({ type }) => type), results: result === null ? [] : [result] }
}

function remedyFor(entry: WasmImportEntry): string {
  const elsewhere = abiImports.find(({ name }) => name === entry.name)
  if (elsewhere !== undefined) return `import it from module "${elsewhere.module}"`
  if (entry.module.startsWith('wasi')) return `build for WASI preview 1 (module "${wasiModule}")`
  const near = suggest(
    entry.name,
    abiImports.map(({ name }) => name),
  )
  if (near !== null) {
    const { module } = abiImports.find(({ name }) => name === near)!
    return `did you mean "${module}"."${near}"?`
  }
  return `remove what calls it; hosts have the modules "${workflowModule}", "${extensionModule}" and "${wasiModule}" of docs/abi.md`
}

/** Early hosts typed every parameter and result as i32; only functions whose type has changed since then reveal it. */
function isOldHost(entry: WasmImportEntry): boolean {
  const known = findImport(entry)
  if (known?.group !== 'workflow' || entry.signature === null) return false
  const expected = signatureOf(known)
  const types = [...entry.signature.parameters, ...entry.signature.results]
  return (
    types.every((type) => type === 'i32') &&
    entry.signature.parameters.length === expected.parameters.length &&
    [...expected.parameters, ...expected.results].some((type) => type !== 'i32')
  )
}

function describeOldHost(entries: readonly WasmImportEntry[]): ModuleProblem {
  return {
    code: 'old-host',
    message: `it was built for the old host, where every type was i32: ${entries.map(quote).join(', ')}`,
    remedy: 'update the guest SDK to one with i64 handles and f64 results, and build again',
  }
}

function isBindgen({ module, name }: WasmImportEntry): boolean {
  return module === 'wbg' || module.startsWith('__wbindgen') || name.startsWith('__wb') || module.endsWith('_bg.js')
}

function describeBindgen(entries: readonly WasmImportEntry[]): ModuleProblem {
  return {
    code: 'wasm-bindgen',
    message: `it was built with wasm-bindgen, for JavaScript: it imports ${quote(entries[0]!)}${
      entries.length === 1 ? '' : ` and ${entries.length - 1} more of that kind`
    }`,
    remedy:
      'build with plain "cargo build --target wasm32-wasip1" instead of wasm-pack, without dependencies that use wasm-bindgen',
  }
}

function quote({ module, name }: WasmImportEntry): string {
  return `"${module}"."${name}"`
}
