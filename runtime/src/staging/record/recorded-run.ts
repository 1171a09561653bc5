/** What is known of one workflow during a recording, and its spec at the end. */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { ExpectedEntry } from './expected-entry.ts'
import type { GivenAnswer } from './given-answer.ts'
import type {
  EndedMessage,
  FinishedMessage,
  RecordedWorkflow,
  StartedMessage,
  StateMessage,
  WritebackMessage,
} from './record-protocol.ts'
import { formatSpec, type SpecContents } from './spec-file.ts'

/** What the run does not know itself. */
export interface RunSurroundings extends Pick<
  SpecContents,
  'where' | 'until' | 'inputs' | 'historyCount' | 'sampleCount' | 'closings' | 'leftIn'
> {
  /** Of the module, relative to the spec. */
  readonly path: string
  readonly isFound: boolean
  /** What is not in the input. */
  readonly leftOut: ReadonlySet<string>
}

export class RecordedRun {
  readonly workflow: RecordedWorkflow
  #start: Micros
  /** `null` = its run began in the recording, or it is not running. */
  #runningSince: Micros | null
  #didRun: boolean
  #ended: EndedMessage | null = null
  #finished: FinishedMessage | null = null
  #incomplete: string | null = null
  #state: Readonly<Record<string, string>> = {}
  readonly #expect: ExpectedEntry[] = []
  readonly #answers: GivenAnswer[] = []
  readonly #secrets = new Set<string>()
  readonly #inexact = new Set<string>()

  /** @param start - of the recording */
  constructor(workflow: RecordedWorkflow, start: Micros) {
    this.workflow = workflow
    this.#start = start
    this.#runningSince = workflow.runningSince
    this.#didRun = workflow.runningSince !== null
  }

  /** Whether it ran, so that there is something to write. */
  get didRun(): boolean {
    return this.#didRun
  }

  get writebackCount(): number {
    return this.#expect.length
  }

  take(message: WritebackMessage | StateMessage | StartedMessage | FinishedMessage | EndedMessage): void {
    switch (message.kind) {
      case 'started':
        this.#start = message.at
        this.#runningSince = null
        this.#didRun = true
        break
      case 'state':
        this.#state = Object.fromEntries(message.values)
        for (const secret of message.secrets) this.#secrets.add(secret)
        for (const key of message.bytes) this.#inexact.add(`its state "${key}" is missing: it is no text`)
        break
      case 'finished':
        this.#finished = message
        break
      case 'ended':
        this.#ended = message
        break
      case 'writeback':
        this.#expect.push(message.expect)
        if (message.answer !== null) this.#answers.push(message.answer)
        for (const secret of message.secrets) this.#secrets.add(secret)
        for (const note of message.inexact) this.#inexact.add(note)
        break
    }
  }

  /** Notes that something is missing. Only the first reason counts, and none once its run is over. */
  leaveIncomplete(reason: string): void {
    if (this.#ended === null) this.#incomplete ??= reason
  }

  format({ path, isFound, leftOut, until, ...surroundings }: RunSurroundings): string {
    const { name, tickMillis, variables, runningQueries } = this.workflow
    return formatSpec({
      ...surroundings,
      workflow: { name, path, isFound, tickMillis, variables, runningSince: this.#runningSince, runningQueries },
      start: this.#start,
      // What it does about the last samples may take longer.
      until: Math.max(until, this.#start, this.#finished?.at ?? until, this.#ended?.at ?? until),
      isHolding: this.#finished?.isHolding ?? false,
      state: this.#state,
      answers: this.#answers,
      expect: this.#expect,
      ended: this.#ended,
      secrets: this.#secrets,
      inexact: new Set([...this.#inexact, ...leftOut]),
      incomplete: this.#incomplete,
    })
  }
}
