/**
 * Turns the messages of a runtime to a recorder into files: fixtures, which grow meanwhile, and at the end a spec for
 * each workflow.
 */
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, relative, sep } from 'node:path'
import type { SlungError } from '../../engine/model/slung-error.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { BeginMessage, RecordMessage } from './record-protocol.ts'
import { RecordedRun } from './recorded-run.ts'
import { RecordedSamples } from './recorded-samples.ts'
import { RecordingPaths, type RecordingTarget } from './recording-paths.ts'
import { unwritable } from './sample-file.ts'

/** The progress of a recording. */
export interface RecordingCounts {
  /** Samples that arrived meanwhile. */
  readonly samples: number
  readonly writebacks: number
}

/** Nobody reads a test with a longer timeline, and it would fill the memory. */
export const writebacksMax = 10_000

/** Why a replay may see something else. */
const unrepeatable = {
  behind: 'it was so far behind that it missed samples, or saw some earlier than it would here',
  limited: 'its live queries met a limit on samples in windows that the runtime sets, and that it would not meet here',
} as const

export class RecordingFiles {
  readonly #where: string
  readonly #paths: RecordingPaths
  readonly #runs: readonly RecordedRun[]
  readonly #samples: RecordedSamples
  readonly #closings: { readonly producer: number; readonly at: Micros }[] = []
  /** End of the recording, as far as it is known. */
  #end: Micros

  /**
   * Begins the fixture.
   *
   * @param url - of the runtime, for people
   * @throws {SlungError} `unknown-workflow`, `file-exists`
   */
  constructor(target: RecordingTarget, url: string, { at, version, workflows }: BeginMessage) {
    this.#where = `${url} (slung ${version})`
    this.#end = at
    this.#paths = new RecordingPaths(
      target,
      workflows.map(({ name }) => name),
    )
    this.#runs = workflows
      .filter(({ name }) => target.workflow === null || name === target.workflow)
      .map((workflow) => new RecordedRun(workflow, at))
    this.#samples = new RecordedSamples(at, this.#paths.input, (writer) => this.#paths.written(writer))
  }

  get counts(): RecordingCounts {
    return {
      samples: this.#samples.sampleCount,
      writebacks: this.#runs.reduce((sum, { writebackCount }) => sum + writebackCount, 0),
    }
  }

  /** What looks like a secret in the samples, which are written as they are. */
  get leftIn(): ReadonlySet<string> {
    return this.#samples.leftIn
  }

  /** Why it cannot continue; `null` = it can. */
  get failure(): SlungError | null {
    return this.#samples.failure
  }

  /** Takes the next message after `begin`. Resolves when there is room for more. */
  async take(message: RecordMessage): Promise<void> {
    switch (message.kind) {
      case 'series':
        this.#samples.addSeries(message)
        break
      case 'history':
        await this.#samples.takeHistory(message)
        break
      case 'samples':
        this.#end = message.at
        await this.#samples.takeSamples(message)
        break
      case 'closed':
        this.#end = message.at
        this.#closings.push(message)
        break
      case 'writeback':
      case 'state':
      case 'started':
      case 'finished':
      case 'ended':
        for (const run of this.#runs) if (run.workflow.name === message.workflow) run.take(message)
        break
      case 'behind':
      case 'limited':
        for (const run of this.#runs) {
          if (run.workflow.name === message.workflow) run.leaveIncomplete(unrepeatable[message.kind])
        }
        break
      case 'end':
        this.#end = message.at
        for (const run of this.#runs) {
          if (message.unfinished.includes(run.workflow.name)) {
            run.leaveIncomplete('it was so far behind that what it did about the last samples is missing')
          }
        }
        break
      default:
    }
  }

  /**
   * Writes the specs of all workflows that ran, and gives the fixtures their final names.
   *
   * @param incomplete - why the end of the recording is missing; `null` = it is not
   * @returns the paths, specs first
   * @throws {SlungError} `unwritable-file`
   */
  async finish(incomplete: string | null): Promise<string[]> {
    const specs: string[] = []
    for (const run of this.#runs.filter(({ didRun }) => didRun)) {
      if (incomplete !== null) run.leaveIncomplete(incomplete)
      const path = this.#paths.spec(run.workflow.name)
      await writeSpec(path, this.#format(run, dirname(path)))
      specs.push(path)
    }
    return [...specs, ...(await this.#samples.finish())]
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#samples.discard()
  }

  /** @param folder - of the spec, where its paths begin */
  #format(run: RecordedRun, folder: string): string {
    const { historyCount, leftIn, leftOut, producers } = this.#samples
    const files = this.#samples.filesFor(run.workflow.name)
    return run.format({
      path: relative(folder, run.workflow.file).split(sep).join('/'),
      isFound: existsSync(run.workflow.file),
      where: this.#where,
      until: this.#end,
      inputs: files.filter(({ rowCount }) => rowCount > 0).map(({ path }) => relative(folder, path)),
      historyCount,
      sampleCount: files.reduce((sum, { rowCount }) => sum + rowCount, 0) - historyCount,
      // A replay knows nothing of others.
      closings: this.#closings.filter(({ producer }) => producers.has(producer)),
      leftIn,
      leftOut,
    })
  }
}

async function writeSpec(path: string, text: string): Promise<void> {
  try {
    // Never overwrites another file, even one that appeared meanwhile.
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    throw unwritable(path, error as Error)
  }
}
