/**
 * The AssemblyScript compiler for tests: in their own process, and only where no earlier result can be reused.
 *
 * A result is kept under the compiler's version and arguments, with the names and contents of everything that the
 * compiler read. It is valid as long as all of that is unchanged, in any folder.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative, resolve } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { cacheFolder } from './cache-folder.ts'

export interface Compilation {
  readonly hasFailed: boolean
  /** What the compiler printed: warnings, and why it failed. */
  readonly output: string
  /** The files that it wrote, named relative to the folder it was called in. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
}

interface KeptCompilation extends Compilation {
  /** Hashes of the files that the compiler looked for, relative to the folder; `null` for missing ones. */
  readonly sources: ReadonlyMap<string, string | null>
}

/** Results kept per set of arguments. Sources that change back and forth, as in a test that edits them, find both. */
const keptMax = 8
const { version } = createRequire(import.meta.url)('assemblyscript/package.json') as { version: string }

/**
 * Compiles what `asc` with these arguments would compile in a folder. Nothing is written there; see `writeCompiled`.
 *
 * @param folder - absolute
 * @param cache - the folder where results are kept
 */
export async function compileAssemblyScript(
  args: readonly string[],
  folder: string,
  cache: string = join(cacheFolder, 'assemblyscript'),
): Promise<Compilation> {
  // In CI the compiler prints in colour.
  const key = hashOf(JSON.stringify([version, args, 'CI' in process.env]))
  const kept = join(cache, key)
  const known = await findKept(kept, folder)
  if (known !== null) return known
  const compilation = await runCompiler(args, folder)
  if (!compilation.hasFailed) await keep(kept, compilation)
  return compilation
}

/** Writes the files into the folder, as the compiler would have. */
export async function writeCompiled({ files }: Compilation, folder: string): Promise<void> {
  for (const [name, contents] of files) {
    const path = resolve(folder, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, contents)
  }
}

async function runCompiler(args: readonly string[], folder: string): Promise<KeptCompilation> {
  // Loading the compiler takes longer than finding a kept result.
  const { main } = await import('assemblyscript/asc')
  const sources = new Map<string, string | null>()
  const files = new Map<string, Uint8Array<ArrayBuffer>>()
  let output = ''
  const printer = { write: (chunk: Uint8Array | string): void => void (output += Buffer.from(chunk).toString()) }
  const { error } = await main([...args, `--baseDir=${folder}`], {
    stdout: printer,
    stderr: printer,
    readFile: async (name, base) => {
      const path = resolve(base, name)
      const contents = await readIfThere(path)
      sources.set(relative(folder, path), contents === null ? null : hashOf(contents))
      return contents?.toString() ?? null
    },
    writeFile: (name, contents, base) => {
      files.set(relative(folder, resolve(base, name)), Uint8Array.from(Buffer.from(contents)))
    },
    listFiles: () => {
      throw new Error('cannot compile whole folders: what is in them is not looked at when a result is looked up')
    },
  })
  return { hasFailed: error !== null, output, files, sources }
}

async function findKept(kept: string, folder: string): Promise<Compilation | null> {
  for (const name of await namesIn(kept)) {
    const contents = await readIfThere(join(kept, name))
    if (contents === null) continue
    const compilation = deserialize(contents) as KeptCompilation
    if (await holds(compilation, folder)) return compilation
  }
  return null
}

async function holds({ sources }: KeptCompilation, folder: string): Promise<boolean> {
  for (const [name, hash] of sources) {
    const contents = await readIfThere(join(folder, name))
    if ((contents === null ? null : hashOf(contents)) !== hash) return false
  }
  return true
}

/** Other processes may keep the same result at the same time: a file is there completely or not at all. */
async function keep(kept: string, compilation: KeptCompilation): Promise<void> {
  await mkdir(kept, { recursive: true })
  const path = join(kept, hashOf(JSON.stringify([...compilation.sources].map(String).sort())))
  const unfinished = `${path}.${process.pid}`
  await writeFile(unfinished, serialize(compilation))
  await rename(unfinished, path)
  const outdated = (await namesIn(kept)).slice(keptMax)
  await Promise.all(outdated.map((name) => rm(join(kept, name), { force: true })))
}

/** Newest first. */
async function namesIn(kept: string): Promise<string[]> {
  const names = await readdir(kept).catch(() => [])
  const times = new Map<string, number>()
  for (const name of names) {
    const status = await stat(join(kept, name)).catch(() => null)
    if (status !== null) times.set(name, status.mtimeMs)
  }
  return [...times.keys()].sort((one, other) => times.get(other)! - times.get(one)!)
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch {
    return null
  }
}

function hashOf(contents: string | Uint8Array): string {
  return createHash('sha256').update(contents).digest('hex')
}
