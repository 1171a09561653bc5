/**
 * A workflow under supervision: it runs in its own thread, and is restarted after a failure, later each time.
 *
 * Exit code 0 means that it is done. Anything else (another code, a trap, the watchdog) is a failure. Its counts
 * continue over all runs.
 */
import type { HttpPolicyConfig, WorkflowConfig } from '../config/runtime-config.ts'
import type { GuestThread } from '../../guest/run/guest-thread.ts'
import { describeUnreadVariables } from '../../guest/load/unread-variables.ts'
import { describeOutcome, type GuestOutcome } from '../../guest/contract/guest-outcome.ts'
import type { GuestModule } from '../../guest/load/load-guest.ts'
import { doublingDelayMillis } from '../../engine/model/doubling-delay.ts'
import { formatTimestamp, type Micros } from '../../engine/model/timestamp.ts'
import { describeLag } from '../../engine/live/describe-lag.ts'
import type { StateChange } from '../../engine/model/state-values.ts'
import type { Mark } from '../observe/mark.ts'
import { windowSamplesMaxDefault } from '../../engine/live/window-limit.ts'
import { stoppedOutcome, type Writeback } from '../observe/observer.ts'
import type { Observers } from '../observe/observers.ts'
import type { Clock, Timer, Timers } from '../system/clock.ts'
import type { FairTurns } from '../system/fair-turns.ts'
import { RunCounters } from './run-counters.ts'
import {
  buffersOf,
  type RunHostOptions,
  type RunReport,
  type WorkflowNotice,
  type WorkflowRequest,
} from './workflow-messages.ts'
import { WorkflowSession, type WorkflowWorld } from './workflow-session.ts'
import type { WorkflowError, WorkflowPace, WorkflowState, WorkflowStatus } from './workflow-status.ts'

export interface WorkflowOptions {
  readonly config: WorkflowConfig
  readonly module: GuestModule
  readonly http: HttpPolicyConfig
  readonly world: WorkflowWorld
  /** Runs the guest, one run at a time; `stop` closes it. */
  readonly thread: Pick<GuestThread, 'run' | 'close'>
  /** Divides the engine's time between it and the others. */
  readonly turns: Pick<FairTurns, 'createAsker'>
  readonly clock: Clock
  readonly timers: Pick<Timers, 'after'>
  readonly observers: Observers
}

const firstDelayMillis = 1000
const delayMillisMax = 60_000
/** A run of this length was healthy: the next failure starts with the shortest delay again. */
const healthyMillis = 60_000

export class Workflow {
  readonly #options: WorkflowOptions
  readonly #counters = new RunCounters()
  readonly #moments = new MomentKeeping()
  #state: WorkflowState = 'stopped'
  #session: WorkflowSession | undefined
  #startedAt: Micros = 0
  #restartsAt: Micros = 0
  #restartTimer: Timer | undefined
  #restarts = 0
  /** In a row, since the last healthy run. */
  #failureCount = 0
  #isStopping = false
  /** Stops the guest's thread, which may be busy with Events that it already has. */
  readonly #stopFlag = new Int32Array(new SharedArrayBuffer(4))
  #lastError: WorkflowError | null = null
  #run: Promise<void> = Promise.resolve()
  readonly #ready = Promise.withResolvers<void>()

  constructor(options: WorkflowOptions) {
    this.#options = options
  }

  get state(): WorkflowState {
    return this.#state
  }

  /** Whether it has polled all its Events, or is not running. */
  get isIdle(): boolean {
    return this.#session?.isIdle ?? true
  }

  /** Resolves when it has polled for the first time, so has subscribed to what it waits for; or when its first run ends. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get config(): WorkflowConfig {
    return this.#options.config
  }

  /** When the current run began; `null` between runs. */
  get startedAt(): Micros | null {
    return this.#session === undefined ? null : this.#startedAt
  }

  /** Marks this place in the input of its current run; `undefined` between runs. */
  mark(): Mark | undefined {
    return this.#session?.mark()
  }

  /** Reports to observers the moment of each writeback, and its HTTP exchange. @returns ends that; call it once */
  keepMoments(): () => void {
    return this.#moments.keep()
  }

  start(): void {
    const { config, module, observers } = this.#options
    const unread = describeUnreadVariables(module, config.environment)
    if (unread !== null) observers.tell('printed', config.name, 'host', `warning: ${unread}`)
    this.#run = this.#runOnce()
  }

  /** To be called after samples were appended. */
  offer(): void {
    this.#session?.offer()
  }

  /** From now on it is not restarted after a failure. */
  startNoMore(): void {
    this.#isStopping = true
    this.#restartTimer?.cancel()
    if (this.#state === 'restarting') this.#state = 'stopped'
  }

  /**
   * Ends it for good: at its next host call, or by force after a grace period.
   *
   * @param graceMillis - how long it may take to get there
   */
  async stop(graceMillis: number): Promise<void> {
    const { thread, timers } = this.#options
    this.startNoMore()
    Atomics.store(this.#stopFlag, 0, 1)
    Atomics.notify(this.#stopFlag, 0)
    this.#session?.stop(stoppedOutcome)
    const force = timers.after(graceMillis, () => void thread.close())
    await this.#run
    force.cancel()
    await thread.close()
  }

  status(): WorkflowStatus {
    const { config } = this.#options
    return {
      name: config.name,
      file: config.file,
      state: this.#state,
      startedAt: this.#state === 'running' ? formatTimestamp(this.#startedAt) : null,
      restartsAt: this.#state === 'restarting' ? formatTimestamp(this.#restartsAt) : null,
      restarts: this.#restarts,
      handles: this.#session?.handles ?? [],
      ...this.#counters.counts(this.#session),
      lastError: this.#lastError,
    }
  }

  pace(): WorkflowPace {
    const { config, clock } = this.#options
    const since = this.#session?.waitingSince ?? null
    return {
      name: config.name,
      pollLatency: this.#counters.pollLatency(this.#session),
      oldestWaitingSeconds: since === null ? 0 : Math.max(0, clock.now() - since) / 1_000_000,
    }
  }

  async #runOnce(): Promise<void> {
    const { config, module, http, world, thread, turns, clock, timers, observers } = this.#options
    this.#state = 'running'
    this.#startedAt = clock.now()
    const onBehind = (missedCount: number): void =>
      observers.tell('fellBehind', config.name, missedCount > 0 ? 'samples' : 'position', missedCount)
    const onLimited = (): void => observers.tell('limited', config.name)
    const asker = turns.createAsker()
    const { tickMillis } = config
    const session = new WorkflowSession({ ...world, tickMillis, clock, timers, asker, onBehind, onLimited })
    this.#session = session
    observers.tell('started', config.name, session.start.at, this.#restarts > 0)
    const options: RunHostOptions = {
      state: world.state(),
      environment: config.environment,
      http,
      tickMicros: config.tickMillis * 1000,
      windowSamplesMax: world.windows.samplesMax,
      start: session.start,
      progress: session.progress.shared,
      stopFlag: this.#stopFlag,
      momentFlag: this.#moments.flag,
    }
    const { outcome, report } = await thread.run({
      module,
      host: { module: hostModule, options },
      watchdogMillis: config.watchdogMillis,
      onMessage: (message) => this.#hear(session, message as WorkflowNotice),
      onRequest: (request) => this.#answer(session, request as WorkflowRequest),
      buffersOf,
    })
    const { unpolledCount, arrival, lags, stateChanges } = (report as RunReport | undefined) ?? unreported(session)
    // What a run that failed has not polled after is undone, like its memory.
    if (isDone(outcome)) this.#changeState(stateChanges)
    for (const lag of lags) observers.tell('printed', config.name, 'host', `warning: ${describeLag(lag)}`)
    const { samplesMax } = world.windows
    // Its windows have grown too large, which in a replay they would not.
    if (session.windowSamples > samplesMax && samplesMax !== windowSamplesMaxDefault) onLimited()
    this.#counters.endRun(session, unpolledCount)
    this.#session = undefined
    session.close()
    this.#ready.resolve()
    const at = clock.now()
    observers.tell('ended', config.name, { outcome, at, arrival, restartMillis: this.#conclude(outcome, at) })
  }

  async #answer(session: WorkflowSession, request: WorkflowRequest): Promise<unknown> {
    if (request.kind === 'poll') {
      this.#ready.resolve()
      this.#options.observers.tell('polled', this.config.name)
    }
    const answer = await session.answer(request)
    if (request.kind === 'ws') this.#note(request)
    if (request.kind === 'write') this.#note({ ...request, kind: 'event' })
    return answer
  }

  #hear(session: WorkflowSession, notice: WorkflowNotice): void {
    switch (notice.kind) {
      case 'free':
        session.free(notice.handle)
        break
      case 'late':
        this.#options.observers.tell('fellBehind', this.config.name, 'clock', 0)
        break
      case 'state':
        this.#changeState(notice.changes)
        break
      case 'log':
        this.#options.observers.tell('printed', this.config.name, notice.stream, notice.text)
        break
      case 'http':
        this.#note(notice)
        break
    }
  }

  #changeState(changes: readonly StateChange[]): void {
    if (changes.length > 0) this.#options.world.changeState(changes)
  }

  #note(writeback: Writeback): void {
    this.#counters.noteWriteback(writeback)
    this.#options.observers.tell('wrote', this.config.name, writeback)
  }

  /** Decides what follows a run. @returns the time until it restarts; `null` = it does not */
  #conclude(outcome: GuestOutcome, endedAt: Micros): number | null {
    if (isDone(outcome)) {
      this.#state = 'done'
      return null
    }
    if (outcome.kind === 'ended') {
      // Only `stop` ends a run.
      this.#state = 'stopped'
      return null
    }
    const frames = outcome.kind === 'trapped' ? outcome.trap.frames : []
    this.#lastError = { at: formatTimestamp(endedAt), message: describeOutcome(outcome), frames }
    if (this.#isStopping) {
      this.#state = 'stopped'
      return null
    }
    if (endedAt - this.#startedAt >= healthyMillis * 1000) this.#failureCount = 0
    const delayMillis = doublingDelayMillis(this.#failureCount++, firstDelayMillis, delayMillisMax)
    this.#state = 'restarting'
    this.#restartsAt = endedAt + delayMillis * 1000
    this.#restartTimer = this.#options.timers.after(delayMillis, () => {
      this.#restarts++
      this.start()
    })
    return delayMillis
  }
}

function isDone(outcome: GuestOutcome): boolean {
  return outcome.kind === 'returned' && outcome.code === 0
}

/** What remains of a run whose thread had to be terminated. */
function unreported({ progress }: WorkflowSession): Omit<RunReport, 'arrival'> & { readonly arrival: null } {
  return { unpolledCount: progress.unpolled, arrival: null, lags: [], stateChanges: [] }
}

/**
 * Whether the guest's thread notes when the guest does what, and about which sample (`Moment`), and keeps HTTP bodies.
 * That costs time and memory, so it happens only while an observer wants it.
 */
export class MomentKeeping {
  /** Shared with the guest's thread; not 0 while they are kept. */
  readonly flag: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))
  #wantedCount = 0

  /** Keeps them from now on, over all runs. @returns ends that; call it once */
  keep(): () => void {
    if (this.#wantedCount++ === 0) Atomics.store(this.flag, 0, 1)
    return () => {
      if (--this.#wantedCount === 0) Atomics.store(this.flag, 0, 0)
    }
  }
}

// Beside this file, in the sources as well as in the build.
const hostModule = new URL(`./run-host${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href
