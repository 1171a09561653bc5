/**
 * Makes modules for tests: AssemblyScript guests of `guests/`, and text format for what AssemblyScript cannot express.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import binaryen from 'assemblyscript/binaryen'
import { loadGuest, prepareGuest, type GuestModule, type LoadOptions } from '../src/guest/load/load-guest.ts'
import { compileAssemblyScript } from './tools/compile-assemblyscript.ts'

const folder = join(import.meta.dirname, 'guests')
const compiled = new Map<string, Promise<ReadonlyMap<string, Uint8Array>>>()

/** The files the compiler writes for `guests/NAME.ts`: `NAME.wasm` and `NAME.wasm.map`. Compiled once per test file. */
export async function compileGuest(name: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = compiled.get(name) ?? runCompiler(name)
  compiled.set(name, files)
  return files
}

/** A guest of `guests/`, loaded from files as an author would have them. */
export async function loadTestGuest(name: string, options: LoadOptions = {}): Promise<GuestModule> {
  const directory = await mkdtemp(join(tmpdir(), 'slung-guest-'))
  try {
    for (const [file, contents] of await compileGuest(name)) await writeFile(join(directory, file), contents)
    return await loadGuest(join(directory, `${name}.wasm`), options)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** Assembles a module from text format, with function names only on request. */
export function assemble(text: string, names: boolean = false): Uint8Array {
  const module = binaryen.parseText(text)
  binaryen.setDebugInfo(names)
  try {
    module.setFeatures(binaryen.Features.All)
    return module.emitBinary()
  } finally {
    module.dispose()
  }
}

/** Assembles a guest that has everything a guest must have, and `body` as its `call`. */
export async function loadTextGuest(body: string, rest: string = ''): Promise<GuestModule> {
  const module = assemble(guestText(body, rest))
  return prepareGuest('text.wasm', module)
}

/** The text of such a guest. */
export function guestText(body: string, rest: string = ''): string {
  return `(module ${rest}
    (memory (export "memory") 1)
    (func (export "allocate") (param i32) (result i32) (i32.const 1024))
    (func (export "deallocate") (param i32))
    (func $call (export "call") (result i32) ${body}))`
}

async function runCompiler(name: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const args = [`${name}.ts`, '--outFile', `${name}.wasm`, '--sourceMap', '--debug', '--runtime', 'incremental']
  const { hasFailed, files, output } = await compileAssemblyScript(args, folder)
  if (hasFailed) throw new Error(`cannot compile guest "${name}":\n${output}`)
  return files
}
