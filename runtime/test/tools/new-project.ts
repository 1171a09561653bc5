/**
 * `npm run new-project -- DIRECTORY [--lang as|rust] [--empty]`: makes a project that uses this clone, for as long as
 * the packages are not published. It is what `slung new` makes, installed; with `--empty`, only the packages are there.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SlungError } from '../../src/engine/model/slung-error.ts'
import { createProject, type ProjectLanguage } from '../../src/scaffold/create-project.ts'

const clone = resolve(import.meta.dirname, '../../..')
/** npm runs scripts in the clone; paths are meant from where it was called. */
const startedIn = process.env['INIT_CWD'] ?? process.cwd()
const usage = 'usage: npm run new-project -- DIRECTORY [--lang as|rust] [--empty]'

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { lang: { type: 'string', default: 'as' }, empty: { type: 'boolean', default: false } },
  })
  const [path, ...others] = positionals
  if (path === undefined || others.length > 0)
    throw new TypeError(`expected one directory, found ${positionals.length}`)
  if (values.lang !== 'as' && values.lang !== 'rust') throw new TypeError(`--lang is "${values.lang}"`)
  await makeProject(resolve(startedIn, path), values.lang, values.empty)
} catch (error) {
  const isUsage = error instanceof TypeError
  if (!isUsage && !(error instanceof SlungError)) throw error
  process.stderr.write(`new-project: ${error.message}${isUsage ? `; ${usage}` : ''}\n`)
  process.exitCode = 2
}

async function makeProject(directory: string, lang: ProjectLanguage, isEmpty: boolean): Promise<void> {
  if (isEmpty) await makeEmpty(directory, lang)
  else await createProject(directory, lang)
  const names = ['runtime', 'harness', ...(lang === 'as' ? ['sdk-as'] : [])]
  const packages = await packInto(join(directory, 'packages'), names)
  await usePackages(join(directory, 'package.json'), packages)
  if (lang === 'rust') await useCrate(directory)
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: directory, stdio: 'inherit' })
  console.log(
    `\nMade ${directory}. Next:\n  cd ${relative(startedIn, directory) || '.'}${isEmpty ? '' : '\n  npm test'}`,
  )
}

/** A `package.json` with what a new project has installed, and nothing to test. */
async function makeEmpty(directory: string, lang: ProjectLanguage): Promise<void> {
  const manifest = join(directory, 'package.json')
  if (existsSync(manifest)) throw new SlungError('file-exists', `cannot make an empty project: "${manifest}" exists`)
  await mkdir(directory, { recursive: true })
  const text = await readFile(join(clone, 'runtime/templates', lang, 'package.json'), 'utf8')
  await writeFile(manifest, text.replace('"temperature-alert"', JSON.stringify(basename(directory).toLowerCase())))
}

/** @returns the packages' names and their files, relative to the project */
async function packInto(directory: string, names: readonly string[]): Promise<Map<string, string>> {
  await mkdir(directory, { recursive: true })
  const workspaces = names.map((name) => `--workspace=${name}`)
  const args = ['pack', '--silent', '--ignore-scripts', `--pack-destination=${directory}`, ...workspaces]
  execFileSync('npm', args, { cwd: clone, stdio: ['ignore', 'ignore', 'inherit'] })
  const files = (await readdir(directory)).filter((file) => file.endsWith('.tgz'))
  return new Map(
    names.map((name) => [`@slung/${name}`, `file:packages/${files.find((file) => file.startsWith(`slung-${name}-`))}`]),
  )
}

async function usePackages(file: string, packages: ReadonlyMap<string, string>): Promise<void> {
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { devDependencies?: Record<string, string> }
  manifest.devDependencies = { ...manifest.devDependencies, ...Object.fromEntries(packages) }
  await writeFile(file, `${JSON.stringify(manifest, null, 2)}\n`)
}

/** Cargo takes the crate from the clone, whatever `Cargo.toml` says. */
async function useCrate(directory: string): Promise<void> {
  await mkdir(join(directory, '.cargo'), { recursive: true })
  const crates = [
    ['slung-sdk', 'sdk-rust'],
    ['slung-sdk-macros', 'sdk-rust/macros'],
  ].map(([name, path]) => `${name} = { path = ${JSON.stringify(join(clone, path!))} }`)
  await writeFile(join(directory, '.cargo/config.toml'), ['[patch.crates-io]', ...crates, ''].join('\n'), {
    flag: 'wx',
  })
}
