/**
 * Compiles workflows the way a user does: in a separate project, with the package installed under `node_modules` as
 * `npm` would install it, and an `asconfig.json` that only extends the package's.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileAssemblyScript } from '../../runtime/test/tools/compile-assemblyscript.ts'
import { MockHost } from '../testing/index.js'

const packageFolder = join(import.meta.dirname, '..')

export interface GuestProject extends AsyncDisposable {
  readonly folder: string
  /** Compiles one source text. `flags` are further flags of `asc`. Rejects with the compiler's output. */
  compile(source: string, flags?: readonly string[]): Promise<GuestBuild>
}

export interface GuestBuild {
  readonly binary: Uint8Array<ArrayBuffer>
  /** What the compiler said: warnings. */
  readonly output: string
}

/** Sets up a project in a temporary folder, removed on disposal. */
export async function createGuestProject(): Promise<GuestProject> {
  const folder = await mkdtemp(join(tmpdir(), 'slung-guest-'))
  const installed = join(folder, 'node_modules/@slung/sdk-as')
  const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as { files: string[] }
  await mkdir(installed, { recursive: true })
  for (const name of ['package.json', ...manifest.files.filter((file) => !file.startsWith('!'))]) {
    await cp(join(packageFolder, name), join(installed, name), { recursive: true })
  }
  await writeFile(join(folder, 'asconfig.json'), '{ "extends": "@slung/sdk-as/asconfig.json" }\n')

  let count = 0
  return {
    folder,
    async compile(source, flags = []) {
      const name = `guest-${++count}`
      await writeFile(join(folder, `${name}.ts`), source)
      const args = [`${name}.ts`, '--outFile', `${name}.wasm`, '--noColors', ...flags]
      const { hasFailed, files, output } = await compileAssemblyScript(args, folder)
      if (hasFailed) throw new Error(`cannot compile guest:\n${output}`)
      return { binary: files.get(`${name}.wasm`)!, output }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** The exports every workflow has, and what else a test's guest exports. */
export interface GuestExports extends WebAssembly.Exports {
  readonly memory: WebAssembly.Memory
  readonly call: () => number
  readonly allocate: (size: number) => number
  readonly deallocate: (region: number) => void
}

/** Instantiates a workflow on a `MockHost`. `E` is what it exports besides the ABI: the caller knows the source. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what the module exports
export async function startGuest<E extends GuestExports = GuestExports>(
  binary: Uint8Array<ArrayBuffer>,
): Promise<{ readonly exports: E; readonly host: MockHost }> {
  const host = new MockHost()
  const { instance } = await WebAssembly.instantiate(binary, host.imports)
  const exports = instance.exports as E
  host.attach(exports)
  return { exports, host }
}
