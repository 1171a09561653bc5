/**
 * Compiles the guests of the tests before any test runs (vitest global setup): `test/guests/NAME.ts` → `build/guests/NAME.wasm`.
 *
 * They are compiled as an author's workflow is: with the settings of the SDK and nothing else.
 */
import { mkdir, readdir } from 'node:fs/promises'
import asc from 'assemblyscript/asc'

const guests = new URL('guests/', import.meta.url)

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
  const stderr = asc.createMemoryStream()
  const { error } = await asc.main(
    [
      `${name}.ts`,
      `--baseDir=${guests.pathname}`,
      '--config=asconfig.json',
      '--target=release',
      `--outFile=${guestUrl(name).pathname}`,
    ],
    { stderr },
  )
  if (error !== null) throw new Error(`cannot compile the guest ${name}: ${error.message}\n${stderr.toString()}`)
}
