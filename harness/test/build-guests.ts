/**
 * Compiles the guests of the tests before any test runs (vitest global setup): `test/guests/NAME.ts` →
 * `build/guests/NAME.wasm`.
 *
 * They are compiled like an author's workflow: with the settings of the SDK and nothing else.
 */
import { mkdir, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { compileAssemblyScript, writeCompiled } from '../../runtime/test/tools/compile-assemblyscript.ts'

const guests = fileURLToPath(new URL('guests', import.meta.url))

/** Where the compiled guest is. */
export function guestUrl(name: string): URL {
  return new URL(`../build/guests/${name}.wasm`, import.meta.url)
}

export async function setup(): Promise<void> {
  await mkdir(new URL('.', guestUrl('any')), { recursive: true })
  const files = (await readdir(guests)).filter((file) => file.endsWith('.ts'))
  for (const file of files) await compile(file.slice(0, -'.ts'.length))
}

async function compile(name: string): Promise<void> {
  const args = [`${name}.ts`, '--config=asconfig.json', '--target=release', `--outFile=../../build/guests/${name}.wasm`]
  const compilation = await compileAssemblyScript(args, guests)
  if (compilation.hasFailed) throw new Error(`cannot compile the guest ${name}:\n${compilation.output}`)
  await writeCompiled(compilation, guests)
}
