/**
 * The runtime without its sockets: what arrives, the intake in front of it, the workflows behind.
 *
 * It receives the world as arguments (clock, timers, store, threads), so a test can run it in virtual time.
 */
import { Arrivals } from '../engine/arrival/arrivals.ts'
import { readAsOfNow } from '../engine/arrival/as-of.ts'
import { answerInSteps, answerQuery } from '../engine/answer-query.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import type { Query } from '../engine/query/query.ts'
import type { QueryAnswer } from '../engine/query/query-answer.ts'
import type { HistorySource } from '../engine/store/history-source.ts'
import type { StateStore } from '../engine/store/state-store.ts'
import type { StateChange } from '../engine/model/state-values.ts'
import type { SampleHead } from '../engine/store/sample-head.ts'
import type { GuestModule } from '../guest/load/load-guest.ts'
import type { RuntimeConfig } from './config/runtime-config.ts'
import { FairTurns, type Asker } from './system/fair-turns.ts'
import { Intake } from './intake.ts'
import type { Observers } from './observe/observers.ts'
import type { Clock, Timer, Timers } from './system/clock.ts'
import { WindowLedger } from './workflow/window-ledger.ts'
import { Workflow, type WorkflowOptions } from './workflow/workflow.ts'
import { Workflows } from './workflow/workflows.ts'
import type { WorkflowWorld } from './workflow/workflow-session.ts'

export interface StageOptions {
  readonly config: Pick<RuntimeConfig, 'workflows' | 'http' | 'limits' | 'retention'>
  /** The modules of `config.workflows`, in the same order. */
  readonly modules: readonly GuestModule[]
  /** Closed with the stage. */
  readonly store: SampleHead
  /** What workflows remember: the same store, or memory. */
  readonly states: StateStore
  /** Answers questions of workflows about the past: the store itself, or a database elsewhere. Closed by its owner. */
  readonly history: HistorySource
  /** Creates what runs the guest of one workflow. */
  readonly createThread: () => WorkflowOptions['thread']
  /** Sends a text to a producer. @throws {HostRefusal} for an unknown or closed connection */
  readonly sendText: WorkflowWorld['sendText']
  readonly clock: Clock
  /** What the slices of the engine's time are measured with. */
  readonly stopwatch: Pick<Clock, 'elapsedMillis'>
  readonly timers: Timers
  readonly observers: Observers
}

const retentionMillis = 60_000
/** How long workflows may take to poll what is waiting for them, and then to end. */
const drainMillis = 5000
const graceMillis = 5000
/** A workflow that has not subscribed by then is late, and the log names it. Its samples wait for it. */
const lateMillis = 2000

export class Stage {
  readonly arrivals: Arrivals
  readonly intake: Intake
  readonly workflows: Workflows
  readonly windows: WindowLedger
  /** Divides the engine's time between those who ask about the past. */
  readonly turns: FairTurns
  readonly #options: StageOptions
  /** The clients of the runtime, whose questions share their part of the engine's time. */
  readonly #clients: Asker
  /** The workflows that have neither polled nor ended since the start. */
  readonly #starting: Set<string>
  #isStopping = false
  #retention: Timer | undefined

  constructor(options: StageOptions) {
    this.#options = options
    const { config, modules, store, states, history, createThread, sendText, clock, stopwatch, timers, observers } =
      options
    const { limits, http } = config
    const arrivals = new Arrivals({ store, now: () => clock.now(), limits })
    const intake = new Intake({
      arrivals,
      store,
      limits,
      clock,
      timers,
      observers,
      offer: () => this.workflows.offer(),
    })
    const { windowSamplesMax, windowSamplesTotalMax } = limits
    const windows = new WindowLedger(windowSamplesMax, windowSamplesTotalMax, config.workflows.length)
    const turns = new FairTurns({
      clock: stopwatch,
      timers,
      arrivedCount: () => arrivals.newest,
      isCommitting: () => intake.isCommitting,
    })
    const workflows = config.workflows.map((workflow, index) => {
      const world = {
        arrivals,
        writer: arrivals.writerOf(workflow.name),
        history,
        windows,
        write: intake.write.bind(intake, workflow.name),
        state: () => states.stateOf(workflow.name),
        changeState: (changes: readonly StateChange[]) => {
          states.changeState(workflow.name, changes)
          intake.commitSoon()
        },
        room: () => intake.room(),
        sendText,
      }
      const module = modules[index]!
      const thread = createThread()
      return new Workflow({ config: workflow, module, http, world, thread, turns, clock, timers, observers })
    })
    this.arrivals = arrivals
    this.#starting = new Set(config.workflows.map(({ name }) => name))
    this.intake = intake
    this.turns = turns
    this.#clients = turns.createAsker()
    this.windows = windows
    this.workflows = new Workflows(workflows, clock, timers)
  }

  /**
   * Answers a query, over what is there when it has its first turn.
   *
   * @throws {SlungError} why it cannot, or `refused` when the stage is closed meanwhile
   */
  async answer(query: Query): Promise<QueryAnswer> {
    const { history, store, clock } = this.#options
    const now = clock.now()
    // A database elsewhere does not use this thread.
    if (history !== store) return await answerQuery(history, query, now)
    return await this.#clients.ask((slice) =>
      readAsOfNow(this.arrivals, slice, (reading) => answerInSteps(reading, query, now)),
    )
  }

  /** The workflows that have not subscribed since the start. */
  get starting(): readonly string[] {
    return [...this.#starting]
  }

  /**
   * Starts the workflows. Each sees what arrives from this call on, however long it takes to subscribe.
   *
   * @returns resolves when each has polled for the first time, has ended or has failed; or earlier, when some are late
   */
  async start(): Promise<void> {
    for (const workflow of this.workflows.all) void this.#noteSubscribed(workflow)
    await this.workflows.start(lateMillis)
    if (this.#starting.size > 0 && !this.#isStopping) this.#options.observers.tell('late', this.starting)
  }

  async #noteSubscribed({ ready, config }: Workflow): Promise<void> {
    await ready
    this.#starting.delete(config.name)
  }

  /** Removes what is too old or too much, now and every minute from now on. */
  startRetention(): void {
    const { ageMicros, bytesMax } = this.#options.config.retention
    if (ageMicros === null && bytesMax === null) return
    this.#retain()
    this.#retention = this.#options.timers.every(retentionMillis, () => this.#retain())
  }

  /** Lets the workflows poll what is waiting for them, and ends them. Only they may still write samples. */
  async stop(): Promise<void> {
    this.#isStopping = true
    this.#retention?.cancel()
    await this.workflows.stop(drainMillis, graceMillis)
  }

  /**
   * Makes everything durable; no sample may follow.
   *
   * @throws {SlungError} `store-failed` when the rest cannot be written
   */
  async close(): Promise<void> {
    this.intake.close()
    this.#clients.close(new SlungError('refused', 'the runtime is stopping'))
    await this.#options.store.close()
  }

  #retain(): void {
    const { config, store, clock, observers } = this.#options
    const { ageMicros, bytesMax } = config.retention
    const before = ageMicros === null ? null : clock.now() - ageMicros
    const sampleCount = store.retain({ before, bytesMax })
    const seriesCount = this.intake.removeEmptySeries()
    if (sampleCount === 0 && seriesCount === 0) return
    observers.tell('retained', sampleCount, seriesCount)
    // The next samples would take it to the disk too, but there may be none. The intake reports a failure.
    this.intake.durable().catch(() => {})
  }
}
