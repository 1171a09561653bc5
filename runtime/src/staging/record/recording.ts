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
import { whenThere, type Eventually } from '../../engine/model/eventually.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import type { Series } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import type { Observer, RunEnd, Writeback, WroteHttp } from '../observe/observer.ts'
import type { Clock, Timers } from '../system/clock.ts'
import { packageVersion } from '../system/package-version.ts'
import { describeOutcome } from '../../guest/contract/guest-outcome.ts'
import { describeWriteback, type MadeWriteback } from './expected-entry.ts'
import { Redaction } from './redaction.ts'
import type {
  BeginMessage,
  HistoryMessage,
  RecordedWorkflow,
  RecordMessage,
  SamplesMessage,
} from './record-protocol.ts'
import type { HistorySource, SeriesId } from '../../engine/store/history-source.ts'
import type { SampleHead } from '../../engine/store/sample-head.ts'
import type { Workflow } from '../workflow/workflow.ts'
import { readHistory, type HistoryRows } from './history-rows.ts'
import type { RecordingSocket } from './recording-socket.ts'
import { WorkflowRecord, type RecordListener } from './workflow-record.ts'

/** What a recording needs of the runtime. */
export interface RecordingWorld {
  readonly arrivals: Arrivals
  readonly store: SampleHead
  /** What a recording can begin with. */
  readonly history: HistorySource
  readonly workflows: readonly Workflow[]
  readonly clock: Clock
  readonly timers: Pick<Timers, 'after'>
}

/** Samples per message, which then has some hundred kilobytes. */
const rowsPerMessage = 4096
/** How long workflows have to reach the end of what was recorded. */
const finishMillis = 10_000

export class Recording implements Observer {
  readonly #outlet: RecordingSocket
  readonly #world: RecordingWorld
  readonly #announced = new Set<SeriesId>()
  /** By workflow name. */
  readonly #records = new Map<string, WorkflowRecord>()
  #rows: [SeriesId, Micros, number, ProducerId][] = []
  #writer: string | null = null
  #at: Micros
  #isTaking = true
  #finished: Promise<void> | undefined

  /**
   * @throws {SlungError} `too-much-history`, or what a local history throws; a distant one refuses the recording
   *   later
   */
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
    if (historyMicros === 0) outlet.send(begin)
    else outlet.sendSlowly(this.#opening(begin, at - historyMicros))
    for (const workflow of workflows) {
      const record = new WorkflowRecord(this.#listenTo(workflow), workflow.mark())
      void record.done.then(workflow.keepMoments())
      this.#records.set(workflow.config.name, record)
    }
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
      this.#rows.push([series[index]!, timestamps[index]!, values[index]!, producers[index]!])
      if (this.#rows.length === rowsPerMessage) this.#flush()
    }
  }

  turnEnded(): void {
    this.#flush()
  }

  disconnected(producer: ProducerId, at: Micros): void {
    if (!this.#isTaking) return
    this.#flush()
    this.#outlet.send({ kind: 'closed', producer, at })
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
    for (const record of this.#records.values()) record.close()
  }

  /** Sends what was taken. */
  #flush(): void {
    if (this.#rows.length === 0) return
    const message: SamplesMessage = { kind: 'samples', at: this.#at, writer: this.#writer, rows: this.#rows }
    this.#rows = []
    this.#outlet.send(message)
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
    this.#outlet.send({ kind: 'end', at, unfinished: [...busy] })
    this.#outlet.close()
  }

  #listenTo({ config }: Workflow): RecordListener {
    const workflow = config.name
    return {
      onWriteback: (made, moment) => {
        const redaction = new Redaction(moment)
        const { expect, answer } = describeWriteback(made, redaction)
        const { secrets, inexact } = redaction
        this.#tell({ kind: 'writeback', workflow, expect, answer, secrets: [...secrets], inexact: [...inexact] })
      },
      onStarted: (at) => this.#tell({ kind: 'started', workflow, at }),
      onFinished: ({ at, isHolding }) => this.#tell({ kind: 'finished', workflow, at, isHolding }),
      onEnded: (outcome, at) => {
        const exit = outcome.kind === 'returned' ? outcome.code : outcome.kind
        this.#tell({ kind: 'ended', workflow, at, exit, reason: describeOutcome(outcome) })
      },
    }
  }

  /** What workflows do follows the samples that it is about. */
  #tell(message: RecordMessage): void {
    this.#flush()
    this.#outlet.send(message)
  }

  /** The messages that precede everything from now on. */
  #opening(begin: BeginMessage, start: Micros): Eventually<Iterable<RecordMessage>> {
    const { history } = this.#world
    const messages = whenThere(readHistory(history, start), (rows) => {
      const known = new Map<SeriesId, Series>()
      for (const id of rows.series) if (!known.has(id)) known.set(id, history.series(id))
      return this.#historyMessages(begin, rows, known)
    })
    return messages instanceof Promise ? messages.catch((error: unknown) => this.#refuse(error)) : messages
  }

  /** The history failed after all, and so does the recording. */
  #refuse(error: unknown): readonly RecordMessage[] {
    if (!(error instanceof SlungError)) throw error
    this.close()
    this.#outlet.close()
    return [{ kind: 'refused', error: error.message }]
  }

  /** @param known - the series of the rows, which retention may remove while the rows are sent */
  *#historyMessages(
    begin: BeginMessage,
    { series, timestamps, values }: HistoryRows,
    known: Map<SeriesId, Series>,
  ): Generator<RecordMessage> {
    yield begin
    // What arrives meanwhile is announced separately, and waits.
    for (let start = 0; start < series.length; start += rowsPerMessage) {
      const end = Math.min(start + rowsPerMessage, series.length)
      const rows: [number, Micros, number][] = []
      for (let row = start; row < end; row++) {
        const id = series[row]!
        const unannounced = known.get(id)
        known.delete(id)
        if (unannounced !== undefined) yield { kind: 'series', id, ...unannounced }
        rows.push([id, timestamps[row]!, values[row]!])
      }
      const message: HistoryMessage = { kind: 'history', rows }
      yield message
    }
  }

  #announce(id: SeriesId): void {
    if (this.#announced.has(id)) return
    this.#announced.add(id)
    this.#outlet.send({ kind: 'series', id, ...this.#world.store.series(id) })
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
