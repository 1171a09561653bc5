/**
 * One recording: sends a recorder what comes in and what workflows do about it.
 *
 * It begins and ends between two samples. What workflows do about those in between belongs to it, whenever they do it,
 * so the end waits for them.
 */
import { resolve as resolvePath } from 'node:path'
import type { Arrivals } from '../../engine/arrival/arrivals.ts'
import type { SampleBatch } from '../../engine/model/columns.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { Eventually } from '../../engine/model/eventually.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import type { Observer, RunEnd, Writeback, WroteHttp } from '../observe/observer.ts'
import type { Timers } from '../system/clock.ts'
import type { Asker, FairTurns } from '../system/fair-turns.ts'
import { packageVersion } from '../system/package-version.ts'
import { describeOutcome } from '../../guest/contract/guest-outcome.ts'
import type { MadeWriteback } from './expected-entry.ts'
import type { BeginMessage, RecordedWorkflow, RecordMessage } from './record-protocol.ts'
import type { HistorySource, SeriesId } from '../../engine/store/history-source.ts'
import type { SampleHead } from '../../engine/store/sample-head.ts'
import type { StateStore } from '../../engine/store/state-store.ts'
import type { Workflow } from '../workflow/workflow.ts'
import { readHistory } from './history-rows.ts'
import type { StoredSamples } from './recorded-fact.ts'
import type { RecordingSocket } from './recording-socket.ts'
import { RowColumns } from './row-columns.ts'
import { rowsPerMessage } from './scribe.ts'
import { readStored } from './stored-reading.ts'
import { WorkflowRecord, type RecordListener } from './workflow-record.ts'

/** What a recording needs of the runtime. */
export interface RecordingWorld {
  readonly arrivals: Arrivals
  readonly store: SampleHead
  /** What a recording can begin with. */
  readonly history: HistorySource
  readonly workflows: readonly Workflow[]
  /** What workflows remember. */
  readonly states: Pick<StateStore, 'stateOf'>
  /** Who asks about the past takes turns. */
  readonly turns: Pick<FairTurns, 'createAsker'>
  readonly timers: Pick<Timers, 'after'>
}

/** How long workflows have to reach the end of what was recorded. */
const finishMillis = 10_000

export class Recording implements Observer {
  readonly #outlet: RecordingSocket
  readonly #world: RecordingWorld
  readonly #announced = new Set<SeriesId>()
  /** By workflow name. */
  readonly #records = new Map<string, WorkflowRecord>()
  readonly #rows = new RowColumns()
  #writer: string | null = null
  #at: Micros
  #isTaking = true
  #finished: Promise<void> | undefined
  /** Asks for what it begins with. */
  #asker: Asker | undefined

  /** @param historyMicros - how long before its beginning the stored samples begin that it has first; 0 = it has none */
  constructor(outlet: RecordingSocket, historyMicros: number, world: RecordingWorld) {
    const { workflows, arrivals } = world
    this.#outlet = outlet
    this.#world = world
    const at = arrivals.mark()
    this.#at = at
    const begin: BeginMessage = {
      kind: 'begin',
      at,
      version: packageVersion(),
      workflows: workflows.map(describeWorkflow),
    }
    for (const workflow of workflows) {
      const mark = workflow.mark()
      // What it has done about the samples before the mark is saved by then, and nothing else is.
      void mark?.passed.then(() => this.#takeState(workflow))
      const record = new WorkflowRecord(this.#listenTo(workflow), mark)
      void record.done.then(workflow.keepMoments())
      this.#records.set(workflow.config.name, record)
    }
    if (historyMicros === 0) outlet.take({ kind: 'message', message: begin })
    else void this.#open(begin, at - historyMicros)
  }

  samples({ count, series, timestamps, values, producers }: SampleBatch, writer: string | null, at: Micros): void {
    if (!this.#isTaking) return
    if (writer !== this.#writer || at !== this.#at) {
      this.#flush()
      this.#writer = writer
      this.#at = at
    }
    for (let index = 0; index < count; index++) {
      // Now: when the rows are sent, retention may have removed the series.
      this.#announce(series[index]!)
      this.#rows.add(series[index]!, timestamps[index]!, values[index]!, producers[index]!)
      if (this.#rows.count === rowsPerMessage) this.#flush()
    }
  }

  turnEnded(): void {
    this.#flush()
  }

  disconnected(producer: ProducerId, at: Micros): void {
    if (!this.#isTaking) return
    this.#tell({ kind: 'closed', producer, at })
  }

  started(workflow: string, at: Micros): void {
    this.#records.get(workflow)?.startRun(at)
  }

  fellBehind(workflow: string): void {
    this.#tell({ kind: 'behind', workflow })
  }

  limited(workflow: string): void {
    this.#tell({ kind: 'limited', workflow })
  }

  wrote(workflow: string, writeback: Writeback): void {
    const made: MadeWriteback | null = writeback.kind === 'http' ? madeHttp(writeback) : writeback
    const moment = writeback.kind === 'http' ? writeback.exchange?.moment : writeback.moment
    if (made !== null) this.#records.get(workflow)?.take(made, moment ?? null)
  }

  ended(workflow: string, { outcome, arrival, at }: RunEnd): void {
    this.#records.get(workflow)?.endRun(outcome, arrival, at)
  }

  /** Ends here, and resolves when the workflows have reached the end, or have run out of time. */
  finish(): Promise<void> {
    this.#finished ??= this.#finish()
    return this.#finished
  }

  /** Takes nothing more: the recorder is gone. */
  close(): void {
    this.#isTaking = false
    this.#asker?.close(new SlungError('refused', 'the recording is over'))
    for (const record of this.#records.values()) record.close()
  }

  /** Sends what was taken. */
  #flush(): void {
    if (this.#rows.count > 0) this.#outlet.take(this.#rows.take(this.#at, this.#writer))
  }

  async #finish(): Promise<void> {
    this.#flush()
    this.#isTaking = false
    const { workflows, arrivals, timers } = this.#world
    const at = arrivals.mark()
    const busy = new Set(this.#records.keys())
    for (const workflow of workflows) {
      const { name } = workflow.config
      const record = this.#records.get(name)
      record?.finish(workflow.mark())
      void record?.done.then(() => busy.delete(name))
    }
    const tooLong = Promise.withResolvers<void>()
    const timer = timers.after(finishMillis, () => tooLong.resolve())
    await Promise.race([Promise.all([...this.#records.values()].map((record) => record.done)), tooLong.promise])
    timer.cancel()
    this.#tell({ kind: 'end', at, unfinished: [...busy] })
    this.#outlet.close()
  }

  #listenTo(listened: Workflow): RecordListener {
    const workflow = listened.config.name
    return {
      onWriteback: (made, { polledAt, madeAt }) => {
        this.#flush()
        this.#outlet.take({ kind: 'made', workflow, made, clock: { polledAt, madeAt } })
      },
      onStarted: (at) => {
        this.#tell({ kind: 'started', workflow, at })
        this.#takeState(listened)
      },
      onFinished: ({ at, isHolding }) => this.#tell({ kind: 'finished', workflow, at, isHolding }),
      onEnded: (outcome, at) => {
        const exit = outcome.kind === 'returned' ? outcome.code : outcome.kind
        this.#tell({ kind: 'ended', workflow, at, exit, reason: describeOutcome(outcome) })
      },
    }
  }

  #takeState({ config: { name: workflow } }: Workflow): void {
    const values = this.#world.states.stateOf(workflow)
    if (!this.#isTaking || values.size === 0) return
    this.#flush()
    const clock = { polledAt: this.#at, madeAt: this.#at }
    this.#outlet.take({ kind: 'state', workflow, values: new Map(values), clock })
  }

  /** What workflows do follows the samples that it is about. */
  #tell(message: RecordMessage): void {
    this.#flush()
    this.#outlet.take({ kind: 'message', message })
  }

  /** Reads what precedes everything from now on. */
  async #open(begin: BeginMessage, start: Micros): Promise<void> {
    try {
      this.#outlet.take({ kind: 'opened', begin, stored: await this.#readHistory(start) })
    } catch (error) {
      this.#refuse(error)
    }
  }

  #readHistory(start: Micros): Eventually<StoredSamples> {
    const { arrivals, store, history, turns } = this.#world
    // A database elsewhere does not use this thread.
    if (history !== store) return readHistory(history, start)
    this.#asker = turns.createAsker()
    return readStored(arrivals, start, this.#asker)
  }

  /** The history cannot be read, and so nothing is recorded. */
  #refuse(error: unknown): void {
    if (!(error instanceof SlungError)) throw error
    // The recorder is gone, which ended the reading.
    if (!this.#outlet.isOpen) return
    this.close()
    this.#outlet.take({ kind: 'refused', error: error.message })
    this.#outlet.close()
  }

  #announce(id: SeriesId): void {
    if (this.#announced.has(id)) return
    this.#announced.add(id)
    this.#outlet.take({ kind: 'message', message: { kind: 'series', id, ...this.#world.store.series(id) } })
  }
}

/** `null` for a request that was sent while no moments were kept. */
function madeHttp({ exchange, ...sent }: WroteHttp): MadeWriteback | null {
  return exchange && { ...sent, ...exchange }
}

function describeWorkflow(workflow: Workflow): RecordedWorkflow {
  const { config, startedAt } = workflow
  const queries = workflow.status().handles.map(({ query }) => query)
  return {
    name: config.name,
    file: resolvePath(config.file),
    tickMillis: config.tickMillis,
    variables: Object.keys(config.environment),
    runningSince: startedAt,
    runningQueries: queries.filter((query) => parseQuery(query).range === null),
  }
}
