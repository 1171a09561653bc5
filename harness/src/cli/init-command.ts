/**
 * `slung-test init [FOLDER]`: puts a workflow with its fixture, its spec and a CI job into a folder, ready to run.
 *
 * What it writes are the files of `templates/init`, as they stand there. Nothing that exists is touched.
 */
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SlungError } from '@slung/runtime'
import { printLines } from './print-lines.ts'
import { createCommand, exitCodes, runCommand } from './run-command.ts'

const templates = fileURLToPath(new URL('../../templates/init/', import.meta.url))

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

/** @returns the exit code: 0 when all files are made, 2 when none is */
export async function initCommand(args: readonly string[]): Promise<number> {
  const command = createCommand('slung-test init')
    .description('Put a workflow with its fixture, its tests and a CI job into an empty folder')
    .argument('[folder]', 'where; made if it is not there', '.')
  return await runCommand(command, args, async () => {
    const folder = resolve(command.args[0] ?? '.')
    const present = await readPackage(join(folder, 'package.json'))
    const files = (await listTemplates()).filter(({ name }) => name !== 'package.json' || present === null)
    await refuseExisting(folder, files)
    for (const file of files) await copy(file, folder)
    await printLines(describe(folder, files, present === null ? ['npm install'] : await missingFrom(present)))
    return exitCodes.passed
  })
}

async function listTemplates(): Promise<Template[]> {
  const entries = await readdir(templates, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const source = join(entry.parentPath, entry.name)
      // npm publishes no file that is called `.gitignore`.
      const name = relative(templates, source)
        .replaceAll('\\', '/')
        .replace(/^gitignore$/, '.gitignore')
      return { source, name }
    })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
}

/** `null` = there is none. */
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
    'unusable-folder',
    `cannot put a workflow into "${shown(dirname(path))}": its package.json is no JSON object`,
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
      `${existing.length === 1 ? 'is' : 'are'} there already; nothing was written, an empty folder is expected`,
  )
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

async function copy({ source, name }: Template, folder: string): Promise<void> {
  const target = join(folder, name)
  try {
    await mkdir(dirname(target), { recursive: true })
    // Not a copy, which would keep the modes of an installation that is read-only.
    await writeFile(target, await readFile(source), { flag: 'wx' })
  } catch (error) {
    throw unusable(target, error)
  }
}

/** The commands that make of somebody's `package.json` one in which the tests run. */
async function missingFrom(present: PackageJson): Promise<string[]> {
  const wanted = JSON.parse(await readFile(join(templates, 'package.json'), 'utf8')) as Required<PackageJson>
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

/** @param installs - the commands before the first test */
function describe(folder: string, files: readonly Template[], installs: readonly string[]): string[] {
  const isHere = folder === process.cwd()
  const commands = [...(isHere ? [] : [`cd ${shown(folder)}`]), ...installs, 'npx slung-test']
  return [
    `Made in ${isHere ? 'this folder' : shown(folder)}:\n`,
    ...files.map(({ name }) => `  ${name}\n`),
    ...(files.some(({ name }) => name === 'package.json')
      ? []
      : ['package.json is left as it is; what it lacks is below.\n']),
    '\nNext:\n',
    ...commands.map((line) => `  ${line}\n`),
  ]
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

function unusable(path: string, cause: unknown): SlungError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new SlungError('unusable-folder', `cannot put a workflow into "${shown(dirname(path))}": ${reason}`, { cause })
}

function shown(path: string): string {
  return relative(process.cwd(), path) || '.'
}
