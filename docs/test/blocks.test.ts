/** Blocks that no command uses: whole workflows compile, specs are valid, and no block goes unchecked. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Ajv } from 'ajv'
import { parse as parseToml } from 'smol-toml'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { compileAssemblyScript } from '../../runtime/test/tools/compile-assemblyscript.ts'
import { isFollowed, readPage, readPages, repository, type Block } from './pages.ts'

const run = promisify(execFile)
const readmes = ['runtime', 'harness', 'sdk-as', 'sdk-rust'].map((folder) => readPage(`${folder}/README.md`))
const pages = [...(await readPages()), ...readmes]
const unused = pages.flatMap(({ blocks }) => blocks.filter((block) => !isFollowed(block)))

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slung-blocks-'))
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(folder, { recursive: true }))

function blocksOf(...languages: readonly string[]): Block[] {
  return unused.filter(({ language }) => languages.includes(language))
}

const isGuest = ({ text }: Block): boolean => text.includes("'@slung/sdk-as/assembly")

test('every block names its language, and one that is checked', () => {
  // `text` is for reading only.
  const languages = ['ts', 'rust', 'rust,no_run', 'yaml', 'json', 'csv', 'toml', 'python', 'text']
  const others = unused.filter(({ language }) => !languages.includes(language))

  expect(others.map(({ place, language }) => `${place}: ${language}`)).toEqual([])
})

test.each(blocksOf('ts').filter(isGuest))('the workflow at $place compiles without warnings', async ({ text }) => {
  await writeFile(join(folder, 'guest.ts'), text)
  await writeFile(join(folder, 'asconfig.json'), '{ "extends": "@slung/sdk-as/asconfig.json" }\n')

  const args = ['guest.ts', '--outFile', 'guest.wasm', '--target', 'debug']
  const { hasFailed, output } = await compileAssemblyScript(args, folder)

  expect({ hasFailed, output }).toEqual({ hasFailed: false, output: '' })
})

test('every other TypeScript block has no type errors', async () => {
  const blocks = blocksOf('ts').filter((block) => !isGuest(block))
  const names = await Promise.all(
    blocks.map(async ({ place, text }) => {
      const name = `${place.replaceAll(/[^\w]+/g, '-')}.ts`
      await writeFile(join(folder, name), text)
      return name
    }),
  )
  const options = {
    extends: join(repository, 'examples/tsconfig.json'),
    files: names,
    compilerOptions: { noUnusedLocals: false },
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options))
  const compiler = createRequire(import.meta.url)
    .resolve('typescript/package.json')
    .replace('package.json', 'bin/tsc')

  const { stdout } = await run(process.execPath, [compiler, '-p', folder], { cwd: folder }).catch(
    (error: unknown) => error as { stdout: string },
  )

  expect(names).not.toEqual([])
  expect(stdout).toBe('')
})

test('every Rust block is compiled by the doc tests of the crate', async () => {
  const crate = await readFile(join(repository, 'sdk-rust/src/lib.rs'), 'utf8')
  const compiled = [...crate.matchAll(/^#\[doc = include_str!\("(.*?)"\)\]$/gm)].map(([, path]) =>
    join('sdk-rust/src', path!),
  )
  const withRust = new Set(blocksOf('rust', 'rust,no_run').map(({ place }) => place.split(':')[0]))

  expect(compiled).toEqual(expect.arrayContaining([...withRust]))
})

test('every part of a spec is valid', async () => {
  const schema = JSON.parse(await readFile(join(repository, 'harness/schema/slung-spec.schema.json'), 'utf8')) as object
  const validate = new Ajv({ strictTypes: false, keywords: ['patternErrorMessage'] }).compile(schema)
  const least = { workflow: 'build/a.wasm', input: 'a.csv', tests: [{ name: 'one', expect: [] }] }
  const blocks = blocksOf('yaml')

  for (const { place, text } of blocks) {
    const part = parseYaml(text) as object
    validate(Array.isArray(part) ? { ...least, tests: part } : { ...least, ...part })
    expect(validate.errors ?? [], `${place}:\n${text}`).toEqual([])
  }
  expect(blocks).not.toEqual([])
})

test.each(blocksOf('json'))('$place is JSON, one value or one per line', ({ text }) => {
  const parseLines = (): unknown[] =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
  const values = text.startsWith('{\n') ? [JSON.parse(text) as unknown] : parseLines()

  expect(values).not.toEqual([])
})

test.each(blocksOf('toml'))('$place is TOML', ({ text }) => {
  expect(parseToml(text)).not.toEqual({})
})

test.each(blocksOf('csv'))('$place has as many cells in every row', ({ text }) => {
  const counts = text
    .trim()
    .split('\n')
    .map((line) => line.split(',').length)

  expect(new Set(counts).size).toBe(1)
})

const hasPython = await run('python3', ['--version']).then(
  () => true,
  () => false,
)

test.skipIf(!hasPython).each(blocksOf('python'))('$place compiles', async ({ text }) => {
  const compile = 'import sys; compile(sys.argv[1], "block", "exec")'

  await expect(run('python3', ['-c', compile, text])).resolves.toMatchObject({ stderr: '' })
})
