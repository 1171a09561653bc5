/** A kept result is never stale: it is used only while everything that the compiler looked for is unchanged. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { compileAssemblyScript, writeCompiled, type Compilation } from './compile-assemblyscript.ts'

const [one, two] = ['1', '2'].map((number) => `export function number(): i32 { return ${number} }\n`) as [
  string,
  string,
]

let parent = ''
let folder = ''
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'slung-compile-'))
  folder = join(parent, 'project')
  await mkdir(folder)
  const index = "import { number } from './number'\nexport function call(): i32 { return number() }\n"
  await writeFile(join(folder, 'index.ts'), index)
  await writeFile(join(folder, 'number.ts'), one)
})
afterEach(() => rm(parent, { recursive: true }))

const args = ['index.ts', '--optimize', '--textFile', 'build/flow.wat']

/** What the compiled workflow returns, and whether it was a kept result. */
async function compile(): Promise<{ returns: number; isKept: boolean }> {
  const { files, output } = await compileHere()
  const text = Buffer.from(files.get('build/flow.wat')!).toString()
  return { returns: Number(/\(result i32\)\s+i32\.const (\d)/.exec(text)?.[1]), isKept: output === 'kept' }
}

async function compileHere(): Promise<Compilation> {
  const kept = join(parent, 'kept')
  const compilation = await compileAssemblyScript(args, folder, kept)
  // From now on, kept results identify themselves.
  for (const entry of await readdir(kept, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    await writeFile(path, serialize({ ...(deserialize(await readFile(path)) as Compilation), output: 'kept' }))
  }
  return compilation
}

test('what was compiled once is reused, even in another folder', async () => {
  expect(await compile()).toEqual({ returns: 1, isKept: false })
  expect(await compile()).toEqual({ returns: 1, isKept: true })
  await cp(folder, join(parent, 'other'), { recursive: true })
  folder = join(parent, 'other')
  expect(await compile()).toEqual({ returns: 1, isKept: true })
})

test('a changed source is compiled, and one that changes back is reused', async () => {
  expect(await compile()).toEqual({ returns: 1, isKept: false })
  await writeFile(join(folder, 'number.ts'), two)
  expect(await compile()).toEqual({ returns: 2, isKept: false })
  await writeFile(join(folder, 'number.ts'), one)
  expect(await compile()).toEqual({ returns: 1, isKept: true })
})

test('a file that was looked for in vain is a change once it exists', async () => {
  expect(await compile()).toEqual({ returns: 1, isKept: false })
  await writeFile(join(folder, 'asconfig.json'), '{ "options": { "runtime": "stub" } }')
  expect(await compile()).toEqual({ returns: 1, isKept: false })
})

test('a failure says why, and is not kept', async () => {
  await writeFile(join(folder, 'number.ts'), 'export function number(): i32 { return }\n')
  const kept = join(parent, 'kept')
  const failed = await compileAssemblyScript(args, folder, kept)
  expect(failed).toMatchObject({ hasFailed: true, output: expect.stringContaining('number.ts(1,') })
  await expect(readdir(kept)).rejects.toThrow('ENOENT')
})

test('files are written where the compiler would have written them', async () => {
  const compilation = await compileHere()
  await writeCompiled(compilation, folder)
  expect(await readFile(join(folder, 'build/flow.wat'))).toEqual(Buffer.from(compilation.files.get('build/flow.wat')!))
})
