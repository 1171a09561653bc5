/**
 * Puts a workflow with its fixture, its tests and a CI job into a folder, ready to run: what `slung new` and
 * `slung-test init` do. Existing files are not touched.
 *
 * A template is itself a project, called `temperature-alert`; a new project has its own name in place of that.
 */
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SlungError } from '../engine/model/slung-error.ts'

export type ProjectLanguage = 'as' | 'rust'

export interface NewProject {
  /** Absolute. */
  readonly folder: string
  /** What was written, relative to the folder, with slashes, sorted. */
  readonly files: readonly string[]
  /** The commands that lead to a first green test, to be run in the folder. */
  readonly commands: readonly string[]
}

interface Template {
  /** Absolute. */
  readonly source: string
  /** Where it goes, relative to the folder, with slashes. */
  readonly name: string
}

/** The keys of a `package.json` that decide whether the tests run. */
interface PackageJson {
  readonly engines?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const templates = fileURLToPath(new URL('../../templates/', import.meta.url))
const templateName = 'temperature-alert'

/** What a language needs besides npm, as commands. */
const needs = {
  as: [],
  rust: ['rustup target add wasm32-unknown-unknown   # once; for Debian, see the README'],
} as const

/**
 * Makes a project.
 *
 * @param path - its folder, made if it does not exist; the last part becomes its name
 * @throws {SlungError} `file-exists` when one of the files already exists, except `package.json` and a configuration of
 *   vitest; `unusable-directory`. Then nothing is written, unless the disk fails midway
 */
export async function createProject(path: string, language: ProjectLanguage): Promise<NewProject> {
  if (path === '') {
    throw new SlungError(
      'unusable-directory',
      'cannot put a workflow into "": expected the name of a directory; "." means this one',
    )
  }
  const folder = resolve(path)
  const project = projectNameOf(folder)
  const present = await readPackage(join(folder, 'package.json'))
  const all = await listTemplates(join(templates, language), project)
  const kept = new Set([
    ...(present === null ? [] : ['package.json']),
    ...((await configuresVitest(folder)) ? [vitestConfig] : []),
  ])
  const files = all.filter(({ name }) => !kept.has(name))
  await refuseExisting(folder, files)
  for (const file of files) await copy(file, folder, project)
  const installs = present === null ? ['npm install'] : await missingFrom(present, language)
  return { folder, files: files.map(({ name }) => name), commands: [...needs[language], ...installs, 'npx slung-test'] }
}

/** A new project for people: what was made, and what to type next. */
export function describeProject({ folder, files, commands }: NewProject): string {
  const isHere = folder === process.cwd()
  return [
    `Made in ${isHere ? 'this directory' : shown(folder)}:`,
    ...files.map((name) => `  ${name}`),
    ...(files.includes('package.json') ? [] : ['package.json is unchanged; what it lacks is below.']),
    ...(files.includes(vitestConfig)
      ? []
      : [
          "The configuration of vitest is unchanged; for `npx vitest`, add slung() from '@slung/harness/vitest' to its plugins.",
        ]),
    '',
    'Next:',
    ...(isHere ? [] : [`  cd ${quoted(shown(folder))}`]),
    ...commands.map((line) => `  ${line}`),
    '',
  ].join('\n')
}

/**
 * A name that npm, cargo and a file accept: the folder's, in lower-case letters without accents, digits and hyphens.
 */
function projectNameOf(folder: string): string {
  const name = basename(folder)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return /^[a-z]/.test(name) ? name : ['workflow', name].filter(Boolean).join('-')
}

function named(text: string, project: string): string {
  return text.replaceAll(templateName, project).replaceAll(templateName.replace('-', '_'), project.replaceAll('-', '_'))
}

async function listTemplates(root: string, project: string): Promise<Template[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name)
      // npm publishes no file called `.gitignore`.
      const name = relative(root, source)
        .replaceAll('\\', '/')
        .replace(/^gitignore$/, '.gitignore')
      return { source, name: named(name, project) }
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** `null` when it does not exist. */
async function readPackage(path: string): Promise<PackageJson | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw unusable(path, error)
  }
  const value = parseObject(text)
  if (value !== null) return value
  throw new SlungError(
    'unusable-directory',
    `cannot put a workflow into "${shown(dirname(path))}": its package.json is not a JSON object`,
  )
}

function parseObject(text: string): PackageJson | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

async function refuseExisting(folder: string, files: readonly Template[]): Promise<void> {
  const existing: string[] = []
  for (const { name } of files) if (await exists(join(folder, name))) existing.push(name)
  if (existing.length === 0) return
  throw new SlungError(
    'file-exists',
    `cannot put a workflow into "${shown(folder)}": ${existing.join(', ')} ` +
      `already ${existing.length === 1 ? 'exists' : 'exist'}; nothing was written, expected an empty directory`,
  )
}

const vitestConfig = 'vitest.config.ts'

/** Whether a project has its own configuration of vitest, in one of the files that vitest looks for. */
async function configuresVitest(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).some((name) => /^vite(st)?\.config\.[cm]?[jt]s$/.test(name))
  } catch (error) {
    if (isMissing(error)) return false
    throw unusable(folder, error)
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw unusable(path, error)
  }
}

async function copy({ source, name }: Template, folder: string, project: string): Promise<void> {
  const target = join(folder, name)
  try {
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, named(await readFile(source, 'utf8'), project), { flag: 'wx' })
  } catch (error) {
    throw unusable(target, error)
  }
}

/** The commands that make the tests run in an existing `package.json`. */
async function missingFrom(present: PackageJson, language: ProjectLanguage): Promise<string[]> {
  const text = await readFile(join(templates, language, 'package.json'), 'utf8')
  const wanted = JSON.parse(text) as Required<PackageJson>
  const packages = Object.entries(wanted.devDependencies)
    .filter(([name]) => present.dependencies?.[name] === undefined && present.devDependencies?.[name] === undefined)
    .map(([name, version]) => `${name}@${version}`)
  const values: string[] = []
  if (present.scripts?.['test']?.includes('slung-test') !== true) values.push('scripts.test=slung-test')
  if (present.engines?.['node'] === undefined) values.push(`"engines.node=${wanted.engines['node']}"`)
  return [
    ...(packages.length === 0 ? ['npm install'] : [`npm install --save-dev ${packages.join(' ')}`]),
    ...(values.length === 0 ? [] : [`npm pkg set ${values.join(' ')}`]),
  ]
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unusable(path: string, cause: unknown): SlungError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SlungError('unusable-directory', `cannot put a workflow into "${shown(dirname(path))}": ${reason}`, {
    cause,
  })
}

function shown(path: string): string {
  return relative(process.cwd(), path) || '.'
}

/** As one word of a shell. */
function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}
