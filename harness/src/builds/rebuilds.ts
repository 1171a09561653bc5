/** Which builds of some specs have to run after files changed, and how they went. */
import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { readRegularFile, SlungError } from '@slung/runtime'
import type { SkippedWorkflows, WorkflowBuild } from '../spec-file/spec.ts'
import { buildIfStale, isSource, outputsOf, runBuild } from './build-workflow.ts'
import { readSpec } from '../spec-file/read-spec.ts'

/** A build of a spec that has to run. */
interface Due {
  readonly spec: string
  readonly build: WorkflowBuild
  /** A source changed; otherwise only the spec did, and the workflow may be up to date. */
  readonly hasNewSource: boolean
}

/** One command runs at a time: two specs may share a workflow, or what a compiler keeps between its runs. */
export class Rebuilds {
  readonly #specs: readonly string[]
  readonly #skipped: SkippedWorkflows
  /** Files that changed since they were last looked at. */
  readonly #touched = new Set<string>()
  /** Digests of the sources that changed; `null` = the file is gone. */
  readonly #contents = new Map<string, string | null>()
  /** Of the workflows (absolute paths) whose last build failed: why. */
  readonly #failures = new Map<string, string>()
  #isBusy = false

  /**
   * @param specs - absolute paths of spec files
   * @param skipped - workflows that cannot be built on this machine
   */
  constructor(specs: readonly string[], skipped: SkippedWorkflows) {
    this.#specs = specs
    this.#skipped = skipped
  }

  /** Why workflows are out of date. */
  problems(): Iterable<string> {
    return new Set(this.#failures.values())
  }

  touch(path: string): void {
    this.#touched.add(path)
  }

  /**
   * Builds until nothing has changed since the build that read it began. Returns immediately while another call is at
   * work.
   *
   * @param onBuilt - receives the folder in which a workflow was rebuilt
   */
  async settle(onBuilt: (folder: string) => void): Promise<void> {
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      while (this.#touched.size > 0) {
        const paths = [...this.#touched]
        this.#touched.clear()
        for (const due of await this.#dueAfter(paths)) {
          if ((await this.#perform(due)) && due.hasNewSource) onBuilt(dirname(due.spec))
        }
      }
    } finally {
      this.#isBusy = false
    }
  }

  /** Each command once, even where several specs of a folder have it. */
  async #dueAfter(paths: readonly string[]): Promise<Iterable<Due>> {
    const sources = await this.#newSources(paths)
    const due = new Map<string, Due>()
    for (const spec of this.#specs) {
      const folder = dirname(spec)
      const hasNewSource = sources.some((path) => isSource(folder, path))
      if (!hasNewSource && !paths.includes(spec)) continue
      for (const build of await buildsOf(spec)) {
        const key = JSON.stringify([folder, build.command])
        if (build.workflows.every((workflow) => workflow in this.#skipped) || due.get(key)?.hasNewSource) continue
        due.set(key, { spec, build, hasNewSource })
      }
    }
    return due.values()
  }

  async #newSources(paths: readonly string[]): Promise<string[]> {
    const candidates = paths.filter((path) => this.#specs.some((spec) => isSource(dirname(spec), path)))
    if (candidates.length === 0) return []
    const builds = await Promise.all(this.#specs.map(buildsOf))
    const outputs = outputsOf(builds.flat().flatMap(({ workflows }) => workflows))
    const sources: string[] = []
    for (const path of candidates) {
      if (outputs.has(path)) continue
      const digest = await digestOf(path)
      // A build may write among the sources: without this check, it would trigger itself forever.
      if (this.#contents.get(path) !== digest) sources.push(path)
      this.#contents.set(path, digest)
    }
    return sources
  }

  /** @returns whether the workflow exists and is up to date */
  async #perform({ spec, build, hasNewSource }: Due): Promise<boolean> {
    // Before the build: tests may see the new workflow before its compiler has finished.
    for (const workflow of build.workflows) this.#failures.delete(workflow)
    const problem = await problemOf(() => (hasNewSource ? runBuild(spec, build) : buildIfStale(spec, build)))
    if (problem === null) return true
    for (const workflow of build.workflows) this.#failures.set(workflow, problem)
    console.error(`slung-test: ${problem}`)
    return false
  }
}

/** Why a build made no workflow; `null` = it made one. */
async function problemOf(build: () => Promise<string | null>): Promise<string | null> {
  try {
    return await build()
  } catch (error) {
    if (!(error instanceof SlungError)) throw error
    return error.message
  }
}

/** The builds of a spec; none for one that cannot be read: vitest runs it as well, and says why. */
export async function buildsOf(spec: string): Promise<readonly WorkflowBuild[]> {
  try {
    return (await readSpec(spec)).builds
  } catch (error) {
    if (!(error instanceof SlungError)) throw error
    return []
  }
}

async function digestOf(path: string): Promise<string | null> {
  try {
    return createHash('sha1')
      .update(await readRegularFile(path, Number.POSITIVE_INFINITY))
      .digest('base64')
  } catch {
    return null
  }
}
