/** Where the files of a recording go. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SlungError } from '../../engine/model/slung-error.ts'

export interface RecordingTarget {
  readonly directory: string
  /** Base name of the files, without extension. */
  readonly name: string
  /** The only workflow to write a spec for; `null` = all. */
  readonly workflow: string | null
}

export class RecordingPaths {
  readonly #start: string
  readonly #recorded: readonly string[]
  readonly #hasSeveral: boolean

  /**
   * @param workflows - of the runtime, by name
   * @throws {SlungError} `unknown-workflow`; `file-exists` for a file that already exists, or that two workflows
   *   would share
   */
  constructor({ directory, name, workflow }: RecordingTarget, workflows: readonly string[]) {
    this.#start = join(directory, name)
    this.#recorded = workflow === null ? workflows : [workflow]
    this.#hasSeveral = this.#recorded.length > 1
    if (workflow !== null && !workflows.includes(workflow)) throw unknownWorkflow(workflow, workflows)
    const written = workflows.flatMap((writer) => this.written(writer) ?? [])
    checkFree([this.input, ...this.#recorded.map((recorded) => this.spec(recorded)), ...written])
  }

  /** The CSV of samples from outside. */
  get input(): string {
    return `${this.#start}.csv`
  }

  spec(workflow: string): string {
    return `${this.#start}${this.#hasSeveral ? `-${fileName(workflow)}` : ''}.slung.yaml`
  }

  /** The CSV of samples that a workflow writes; `null` when no other recorded workflow could use it. */
  written(workflow: string): string | null {
    const feedsOthers = this.#recorded.some((recorded) => recorded !== workflow)
    return feedsOthers ? `${this.#start}-${fileName(workflow)}.csv` : null
  }
}

function checkFree(paths: readonly string[]): void {
  const taken = paths.find((path, index) => existsSync(path) || paths.indexOf(path) < index)
  if (taken === undefined) return
  const problem = existsSync(taken)
    ? 'it already exists; choose another name'
    : 'two workflows would share it; choose one with --workflow'
  throw new SlungError('file-exists', `cannot record into "${taken}": ${problem}`)
}

function unknownWorkflow(name: string, workflows: readonly string[]): SlungError {
  const known = workflows.length === 0 ? 'none' : workflows.join(', ')
  return new SlungError('unknown-workflow', `cannot record the workflow "${name}": the runtime runs ${known}`)
}

/** Workflow names may be any text. */
function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
}
