/**
 * Performs a `build:` command of a spec when a workflow is missing or older than its sources.
 *
 * Sources are all files in the spec's folder and below, except what builds and tests leave there: so an author who
 * edits and runs `slung-test` never tests yesterday's workflow, and nothing is rebuilt without need. A command that
 * succeeds proves little: it may write elsewhere, or nothing, so what it leaves is compared with what was there.
 */
import { spawn } from 'node:child_process'
import type { Stats } from 'node:fs'
import { rename, rm, stat, utimes } from 'node:fs/promises'
import { delimiter, dirname, join, relative, resolve, sep } from 'node:path'
import { SlungError } from '@slung/runtime'
import type { WorkflowBuild } from '../spec-file/spec.ts'
import { filesBelow } from './files-below.ts'

const notSources = /^(node_modules|build|target|dist|__snapshots__|\..*)$/
/** What is tested and how: a change here does not change the workflow. */
const ofTests = /\.(slung\.yaml|test\.ts|csv|md)$/

/** A command exits with this to say that what it needs is not on this machine, as in Automake and Meson. */
const exitCodeSkip = 77

/**
 * Runs the command if a workflow is missing or older than a source; once more when a source changed meanwhile, since the
 * workflow may be made from its old text.
 *
 * @param spec - path of the spec file
 * @returns as `runBuild`; `null` when the workflows exist and are up to date
 * @throws {SlungError} as `runBuild`
 */
export async function buildIfStale(spec: string, build: WorkflowBuild): Promise<string | null> {
  const sources = await sourcesOf(dirname(spec), build)
  const built = await Promise.all(build.workflows.map(statusOf))
  if (!built.some((status) => isOlder(status, sources))) return null
  const reason = await runBuild(spec, build)
  if (reason !== null) return reason
  const wasEdited = [...(await sourcesOf(dirname(spec), build))].some(([path, millis]) => sources.get(path) !== millis)
  return wasEdited ? await runBuild(spec, build) : null
}

/**
 * Runs the command in the folder of `spec`, with `node_modules/.bin` on its path.
 *
 * @returns why the workflows cannot be built on this machine; `null` when they are built
 * @throws {SlungError} `build-failed`, with what the command printed, also when it did not write the workflows
 */
export async function runBuild(spec: string, build: WorkflowBuild): Promise<string | null> {
  // A compiler may take a while, and may have to be installed first.
  console.error(`slung-test: building ${build.workflows.map(shown).join(', ')}`)
  const before = await Promise.all(build.workflows.map(statusOf))
  const reason = await perform(spec, build)
  if (reason !== null) return reason
  const sources = await sourcesOf(dirname(spec), build)
  const left: string[] = []
  for (const [index, workflow] of build.workflows.entries()) {
    const status = await statusOf(workflow)
    if (isSameFile(status, before[index]) && isOlder(status, sources)) left.push(workflow)
  }
  return left.length === 0 ? null : await buildWithout(left, spec, build)
}

/**
 * Runs the command with old workflows out of its way. One that knows from its own records that nothing has to be compiled,
 * as cargo does, then makes them again; one that writes elsewhere does not.
 */
async function buildWithout(old: readonly string[], spec: string, build: WorkflowBuild): Promise<string | null> {
  const aside = new Map<string, string>()
  try {
    for (const workflow of old) {
      const path = `${workflow}.previous`
      await moveAside(workflow, path, spec, build)
      aside.set(workflow, path)
    }
    const reason = await perform(spec, build, 'does not write the old')
    const now = new Date()
    // What was not compiled again may keep its time, and would count as old in every run.
    if (reason === null) for (const workflow of old) await utimes(workflow, now, now)
    return reason
  } finally {
    for (const [workflow, path] of aside) {
      if ((await statusOf(workflow)) === undefined) await rename(path, workflow)
      else await rm(path)
    }
  }
}

async function moveAside(workflow: string, path: string, spec: string, build: WorkflowBuild): Promise<void> {
  try {
    await rename(workflow, path)
  } catch (error) {
    throw new SlungError(
      'build-failed',
      `cannot build the workflow of ${nameOf(spec, build)} succeeded but left ${shown(workflow)} as it was, ` +
        `older than its sources, and it cannot be replaced: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}

/** @param lapse - what the command did wrong when it succeeds and a file is missing */
async function perform(spec: string, build: WorkflowBuild, lapse = 'made no file'): Promise<string | null> {
  const began = Date.now()
  const { code, output } = await runShell(build.command, dirname(spec))
  if (code === exitCodeSkip) return output.trim() || `"${build.command}" cannot run here`
  const said = output.trim() === '' ? '' : `\n${output.trimEnd()}`
  const what = `cannot build the workflow of ${nameOf(spec, build)}`
  if (code !== 0) throw new SlungError('build-failed', `${what} ended with exit code ${code}${said}`)
  for (const workflow of build.workflows) {
    if ((await statusOf(workflow)) !== undefined) continue
    const others = await modulesSince(began, dirname(spec))
    const hint = others.length === 0 ? '' : `; it wrote ${others.map(shown).join(', ')}`
    throw new SlungError('build-failed', `${what} succeeded but ${lapse} ${shown(workflow)}${hint}${said}`)
  }
  return null
}

/** Modules below a folder that were written since a time. */
async function modulesSince(began: number, folder: string): Promise<string[]> {
  const modules: string[] = []
  for await (const path of filesBelow(folder, (name) => name === 'node_modules')) {
    // File systems round their times, some to whole seconds.
    if (path.endsWith('.wasm') && ((await statusOf(path))?.mtimeMs ?? 0) >= began - 2000) modules.push(path)
  }
  return modules.slice(0, modulesShownMax)
}

const modulesShownMax = 3

function nameOf(spec: string, { command }: WorkflowBuild): string {
  return `${shown(spec)}: "${command}"`
}

function shown(path: string): string {
  return relative(process.cwd(), path)
}

/** Whether a file may be one that the workflows of the specs in `folder` are made from; both paths are absolute. */
export function isSource(folder: string, path: string): boolean {
  return isBelow(folder, path) && !relative(folder, path).split(sep).some(isNoSource)
}

function isNoSource(name: string): boolean {
  return notSources.test(name) || ofTests.test(name)
}

/** Both paths are absolute. */
export function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** What compilers write for these workflows. Not every file of that name: `index.wasm` may stand beside `index.ts`. */
export function outputsOf(workflows: readonly string[]): ReadonlySet<string> {
  return new Set(workflows.flatMap((path) => [path, `${path}.map`, path.replace(/\.wasm$/, '.wat')]))
}

/** All sources below a folder, with the times of their last change. */
async function sourcesOf(folder: string, build: WorkflowBuild): Promise<ReadonlyMap<string, number>> {
  const outputs = outputsOf(build.workflows)
  const sources = new Map<string, number>()
  for await (const path of filesBelow(folder, isNoSource)) {
    if (outputs.has(path)) continue
    const status = await statusOf(path)
    if (status !== undefined) sources.set(path, status.mtimeMs)
  }
  return sources
}

/** Whether a workflow has to be built: it is missing, or a source is newer. */
function isOlder(workflow: Stats | undefined, sources: ReadonlyMap<string, number>): boolean {
  return workflow === undefined || sources.values().some((millis) => millis > workflow.mtimeMs)
}

function isSameFile(one: Stats | undefined, other: Stats | undefined): boolean {
  // Writing the same bytes, or another file in its place, changes one of them.
  return one?.mtimeMs === other?.mtimeMs && one?.ctimeMs === other?.ctimeMs && one?.ino === other?.ino
}

/** Of a file; `undefined` for anything else, such as a folder or a dangling link. */
async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    const status = await stat(path)
    return status.isFile() ? status : undefined
  } catch {
    return undefined
  }
}

async function runShell(command: string, cwd: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(command, { cwd, shell: true, stdio: ['ignore', 'pipe', 'pipe'], env: withLocalBinaries(cwd) })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  return await new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done({ code, output }))
  })
}

/** As npm does for scripts: every `node_modules/.bin` from the folder upwards comes first on the path. */
function withLocalBinaries(folder: string): NodeJS.ProcessEnv {
  const binaries: string[] = []
  for (let at = resolve(folder); ; at = dirname(at)) {
    binaries.push(join(at, 'node_modules', '.bin'))
    if (dirname(at) === at) break
  }
  return { ...process.env, PATH: [...binaries, process.env['PATH'] ?? ''].join(delimiter) }
}
