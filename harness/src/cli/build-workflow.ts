/**
 * Performs a `build:` command of a spec when a workflow is missing or older than its sources.
 *
 * Sources are all files in the spec's folder and below, except what builds and tests leave there: so an author who
 * edits and runs `slung-test` never tests yesterday's workflow, and nothing is rebuilt without need.
 */
import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
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
 * Runs the command if a workflow is missing or older than a source.
 *
 * @param spec - path of the spec file
 * @returns as `runBuild`; `null` when the workflows exist and are up to date
 * @throws {SlungError} as `runBuild`
 */
export async function buildIfStale(spec: string, build: WorkflowBuild): Promise<string | null> {
  return (await isStale(dirname(spec), build)) ? await runBuild(spec, build) : null
}

/**
 * Runs the command in the folder of `spec`, with `node_modules/.bin` on its path.
 *
 * @returns why the workflows cannot be built on this machine; `null` when they are built
 * @throws {SlungError} `build-failed`, with what the command printed
 */
export async function runBuild(spec: string, build: WorkflowBuild): Promise<string | null> {
  const folder = dirname(spec)
  // A compiler may take a while, and may have to be installed first.
  console.error(`slung-test: building ${build.workflows.map((path) => relative(process.cwd(), path)).join(', ')}`)
  const { code, output } = await runShell(build.command, folder)
  if (code === exitCodeSkip) return output.trim() || `"${build.command}" cannot run here`
  const said = output.trim() === '' ? '' : `\n${output.trimEnd()}`
  const where = `${relative(process.cwd(), spec)}: "${build.command}"`
  if (code !== 0) {
    throw new SlungError('build-failed', `cannot build the workflow of ${where} ended with exit code ${code}${said}`)
  }
  for (const workflow of build.workflows) {
    if ((await modifiedMillis(workflow)) === undefined) {
      const name = relative(process.cwd(), workflow)
      throw new SlungError(
        'build-failed',
        `cannot build the workflow of ${where} succeeded but made no file ${name}${said}`,
      )
    }
  }
  return null
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

async function isStale(folder: string, build: WorkflowBuild): Promise<boolean> {
  const built = await Promise.all(build.workflows.map(modifiedMillis))
  if (built.includes(undefined)) return true
  const oldest = Math.min(...built.map((millis) => millis ?? 0))
  const outputs = outputsOf(build.workflows)
  for await (const path of filesBelow(folder, isNoSource)) {
    if (outputs.has(path)) continue
    const millis = await modifiedMillis(path)
    if (millis !== undefined && millis > oldest) return true
  }
  return false
}

/** Of a file; `undefined` for anything else, such as a folder or a dangling link. */
async function modifiedMillis(path: string): Promise<number | undefined> {
  try {
    const status = await stat(path)
    return status.isFile() ? status.mtimeMs : undefined
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
