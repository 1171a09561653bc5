/** The part of the static check that looks at imports: the host must have each of them, with the same type. */
import { oneLine } from '../../engine/text/quote.ts'
import { suggest } from '../../engine/text/suggest.ts'
import { grouped, plural } from '../../engine/text/words.ts'
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

/** Problems told apart; more of them have the same cause, or are an attack. */
const problemsMax = 20
/** Names listed in one sentence. */
const listedMax = 20
/** UTF-16 units shown of a name. */
const nameUnitsMax = 100

/** The problems of a module's imports, in module order; those with a common cause are reported once, and many are cut. */
export function checkImports(binary: WasmBinary): ModuleProblem[] {
  const bindgen: WasmImportEntry[] = []
  const oldHost: WasmImportEntry[] = []
  const problems: ModuleProblem[] = []
  let moreCount = 0
  for (const entry of binary.imports) {
    if (isBindgen(entry)) bindgen.push(entry)
    else if (isOldHost(entry)) oldHost.push(entry)
    else if (problems.length < problemsMax) problems.push(...checkImport(entry))
    else if (!isKnown(entry)) moreCount++
  }
  if (moreCount > 0) {
    problems.push({
      code: 'unknown-import',
      message: `… and ${plural(moreCount, 'more import')} that no host has, or not with that type`,
      remedy: 'begin with those above',
    })
  }
  if (oldHost.length > 0) problems.unshift(describeOldHost(oldHost))
  if (bindgen.length > 0) problems.unshift(describeBindgen(bindgen))
  return problems
}

/** Whether `checkImport` has nothing to say about it: found out without making a sentence. */
function isKnown(entry: WasmImportEntry): boolean {
  if (entry.signature === null) return false
  const known = findImport(entry)
  if (known === null)
    return isWasi(entry) && formatSignature([], entry.signature.results) === formatSignature([], ['i32'])
  const expected = signatureOf(known)
  const { parameters, results } = entry.signature
  return formatSignature(parameters, results) === formatSignature(expected.parameters, expected.results)
}

/** Any WASI function may be imported; functions of WASI have short names. */
function isWasi({ module, name }: WasmImportEntry): boolean {
  return module === wasiModule && /^\w{1,100}$/.test(name)
}

/** The WASI functions a module imports that this host only answers with ENOSYS, in words; `null` without one. */
export function unansweredWasi(binary: WasmBinary): string | null {
  const names = new Set<string>()
  for (const entry of binary.imports) {
    if (entry.module === wasiModule && findImport(entry) === null) names.add(entry.name)
  }
  return names.size === 0 ? null : listNames([...names].map((name) => oneLine(name, nameUnitsMax)))
}

function listNames(names: readonly string[]): string {
  const more = names.length <= listedMax ? '' : ` … and ${grouped(names.length - listedMax)} more`
  return `${names.slice(0, listedMax).join(', ')}${more}`
}

/** Whether a module calls any workflow function. */
export function callsWorkflow(binary: WasmBinary): boolean {
  return binary.imports.some((entry) => findImport(entry)?.group === 'workflow')
}

const abiImportsByName: ReadonlyMap<string, AbiImport> = new Map(
  abiImports.map((entry) => [keyOf(entry.module, entry.name), entry]),
)

/** Names that were read have no control characters. */
function keyOf(module: string, name: string): string {
  return `${module}\0${name}`
}

function findImport({ module, name }: Pick<WasmImportEntry, 'module' | 'name'>): AbiImport | null {
  return abiImportsByName.get(keyOf(module, name)) ?? null
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
  if (isWasi(entry)) {
    // Provided that it can return an errno.
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
      remedy: `declare ${oneLine(entry.name, nameUnitsMax)} with that type, or use the declarations of a guest SDK`,
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
    message: `it was built for the old host, where every type was i32: ${listNames(entries.map(quote))}`,
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
  return `"${oneLine(module, nameUnitsMax)}"."${oneLine(name, nameUnitsMax)}"`
}
