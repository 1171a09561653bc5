/**
 * A workflow under supervision: it runs in a thread of its own, and one that fails is started again, later each time.
 *
 * Exit code 0 means that it is done. Anything else (another code, a trap, the watchdog) is a failure. What it counts goes on
 * over all runs.
 */
import type { HttpPolicyConfig, WorkflowConfig } from '../config/runtime-config.ts'
import { GuestThread } from '../../guest/run/guest-thread.ts'
import { describeOutcome, type GuestFrame, type GuestOutcome } from '../../guest/contract/guest-outcome.ts'
import type { GuestModule } from '../../guest/load/load-guest.ts'
import type { HandleStatus } from '../../engine/handle-table.ts'
import { formatTimestamp } from '../../engine/model/timestamp.ts'
import type { LogStream } from '../../engine/model/timeline.ts'
import type { RunHostOptions, RunReport, WorkflowNotice, WorkflowRequest } from './workflow-messages.ts'
import type { RecordListener, WorkflowRecord } from './workflow-record.ts'
import { WorkflowRecords } from './workflow-records.ts'
import { WorkflowSession, type WorkflowWorld } from './workflow-session.ts'

export type WorkflowState = 'running' | 'restarting' | 'done' | 'stopped'

/** What `/workflows` shows of one; times are RFC 3339. */
export interface WorkflowStatus {
  readonly name: string
  readonly file: string
  /** `restarting`: it failed and waits for its next start. `done`: `call` returned 0. */
  readonly state: WorkflowState
  /** Of the current run; `null` while there is none. */
  readonly startedAt: string | null
  /** When it starts again; `null` unless it waits for that. */
  readonly restartsAt: string | null
  /** How often it was started again. */
  readonly restarts: number
  readonly handles: readonly HandleStatus[]
  /** Events handed to the guest's thread; up to 1,024 of them may still wait there. */
  readonly delivered: number
  /** Events that waited for a run when it ended. */
  readonly lost: number
  readonly coalesced: number
  readonly late: number
  readonly writebacks: WritebackCounts
  /** Why its latest run failed; `null` when none has. */
  readonly lastError: WorkflowError | null
}

export interface WritebackCounts {
  /** HTTP requests that were answered with a 2xx. */
  http: number
  /** Those that were not, whatever the reason. */
  httpFailed: number
  ws: number
  event: number
}

export interface WorkflowError {
  readonly at: string
  readonly message: string
  /** The guest's own frames, innermost first. */
  readonly frames: readonly GuestFrame[]
}

/** Where a workflow's output goes, and what became of it. */
export interface WorkflowLog {
  line(stream: LogStream, text: string): void
  debug(message: string): void
  info(message: string, details?: object): void
  error(message: string, details?: object): void
}

export interface WorkflowOptions {
  readonly config: WorkflowConfig
  readonly module: GuestModule
  readonly http: HttpPolicyConfig
  readonly world: Omit<WorkflowWorld, 'tell'>
  readonly log: WorkflowLog
  /** Microseconds since the Unix epoch. */
  readonly now: () => number
}

const firstDelayMillis = 1000
const delayMillisMax = 60_000
/** A run of this length was healthy: the next failure starts with the shortest delay again. */
const healthyMillis = 60_000

export class Workflow {
  readonly #options: WorkflowOptions
  readonly #thread = new GuestThread()
  readonly #writebacks: WritebackCounts = { http: 0, httpFailed: 0, ws: 0, event: 0 }
  #state: WorkflowState = 'stopped'
  #session: WorkflowSession | undefined
  #startedAt = 0
  #restartsAt = 0
  #restartTimer: NodeJS.Timeout | undefined
  #restarts = 0
  #delayMillis = firstDelayMillis
  #isStopping = false
  /** Tells the guest's thread, which may be busy with Events it has already. */
  readonly #stopFlag = new Int32Array(new SharedArrayBuffer(4))
  #lastError: WorkflowError | null = null
  // Of the sessions that are over.
  #past = { delivered: 0, lost: 0, coalesced: 0, late: 0 }
  #run: Promise<void> = Promise.resolve()
  readonly #records = new WorkflowRecords()
  readonly #ready = Promise.withResolvers<void>()

  constructor(options: WorkflowOptions) {
    this.#options = options
  }

  get state(): WorkflowState {
    return this.#state
  }

  /** Whether it has polled all its Events, or does not run. */
  get isIdle(): boolean {
    return this.#session?.isIdle ?? true
  }

  /** Resolves when it has polled for the first time, and so has subscribed to what it waits for; or when its first run is over. */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get config(): WorkflowConfig {
    return this.#options.config
  }

  /** When the current run began; `null` while there is none. */
  get startedAt(): number | null {
    return this.#session === undefined ? null : this.#startedAt
  }

  /** Tells from now on what it does, until `finishRecord` or its run is over. */
  record(listener: RecordListener): WorkflowRecord {
    return this.#records.add(listener, this.#session?.mark())
  }

  /** Records what it does about what has come until now, and then no more. */
  finishRecord(record: WorkflowRecord): void {
    record.finish(this.#session?.mark())
  }

  start(): void {
    this.#run = this.#runOnce()
  }

  /** To be called after samples were appended. */
  offer(): void {
    this.#session?.offer()
  }

  /** From here on a failure is the end of it. */
  startNoMore(): void {
    this.#isStopping = true
    clearTimeout(this.#restartTimer)
    if (this.#state === 'restarting') this.#state = 'stopped'
  }

  /**
   * Ends it for good: at its next host call, or by force after a while.
   *
   * @param graceMillis - how long it may take to get there
   */
  async stop(graceMillis: number): Promise<void> {
    this.startNoMore()
    Atomics.store(this.#stopFlag, 0, 1)
    Atomics.notify(this.#stopFlag, 0)
    this.#session?.stop(stoppedOutcome)
    const force = setTimeout(() => void this.#thread.close(), graceMillis)
    await this.#run
    clearTimeout(force)
    await this.#thread.close()
  }

  status(): WorkflowStatus {
    const { config } = this.#options
    const current = this.#session?.counters ?? { delivered: 0, coalesced: 0, late: 0 }
    return {
      name: config.name,
      file: config.file,
      state: this.#state,
      startedAt: this.#state === 'running' ? formatTimestamp(this.#startedAt) : null,
      restartsAt: this.#state === 'restarting' ? formatTimestamp(this.#restartsAt) : null,
      restarts: this.#restarts,
      handles: this.#session?.handles ?? [],
      delivered: this.#past.delivered + current.delivered,
      lost: this.#past.lost,
      coalesced: this.#past.coalesced + current.coalesced,
      late: this.#past.late + current.late,
      writebacks: { ...this.#writebacks },
      lastError: this.#lastError,
    }
  }

  async #runOnce(): Promise<void> {
    const { config, module, http, world, log, now } = this.#options
    this.#state = 'running'
    this.#startedAt = now()
    const session = new WorkflowSession({ ...world, tell: (text) => log.line('host', text) }, config.tickMillis)
    this.#session = session
    this.#records.startRun()
    log.info(this.#restarts === 0 ? 'started' : 'started again')
    const options: RunHostOptions = {
      environment: config.environment,
      http,
      stopFlag: this.#stopFlag,
      recordFlag: this.#records.flag,
    }
    const { outcome, report } = await this.#thread.run({
      module,
      host: { module: hostModule, options },
      watchdogMillis: config.watchdogMillis,
      onMessage: (message) => this.#hear(session, message as WorkflowNotice),
      onRequest: (request) => this.#answer(session, request as WorkflowRequest),
    })
    const { counters } = session
    const { unpolledCount, arrival } = (report as RunReport | undefined) ?? { unpolledCount: 0, arrival: null }
    this.#records.endRun(outcome, arrival, now())
    this.#past = {
      delivered: this.#past.delivered + counters.delivered - unpolledCount,
      lost: this.#past.lost + unpolledCount + session.handles.reduce((sum, { waiting }) => sum + waiting, 0),
      coalesced: this.#past.coalesced + counters.coalesced,
      late: this.#past.late + counters.late,
    }
    this.#session = undefined
    session.close()
    this.#ready.resolve()
    this.#conclude(outcome)
  }

  async #answer(session: WorkflowSession, request: WorkflowRequest): Promise<unknown> {
    if (request.kind === 'poll') {
      this.#ready.resolve()
      this.#records.notePoll(this.#options.now())
    }
    const answer = await session.answer(request)
    if (request.kind === 'ws') {
      this.#writebacks.ws++
      this.#records.take(request, request.moment)
    }
    if (request.kind === 'write') {
      this.#writebacks.event++
      this.#records.take({ ...request, kind: 'event' }, request.moment)
    }
    return answer
  }

  #hear(session: WorkflowSession, notice: WorkflowNotice): void {
    const { log } = this.#options
    switch (notice.kind) {
      case 'free':
        session.free(notice.handle)
        break
      case 'log':
        log.line(notice.stream, notice.text)
        break
      case 'http':
        log.debug(`${notice.method} ${notice.url} → ${notice.status} in ${Math.round(notice.durationMillis)} ms`)
        if (notice.status >= 200 && notice.status <= 299) this.#writebacks.http++
        else this.#writebacks.httpFailed++
        if (notice.exchange !== null) this.#records.take({ ...notice, ...notice.exchange }, notice.exchange.moment)
        break
    }
  }

  #conclude(outcome: GuestOutcome): void {
    const { log, now } = this.#options
    if (outcome.kind === 'returned' && outcome.code === 0) {
      this.#state = 'done'
      log.info('done: call returned 0')
      return
    }
    if (outcome.kind === 'ended') {
      // Nobody else ends a run.
      this.#state = 'stopped'
      log.info(outcome.outcome === stoppedOutcome ? 'stopped' : 'stopped by force')
      return
    }
    const endedAt = now()
    const frames = outcome.kind === 'trapped' ? outcome.trap.frames : []
    this.#lastError = { at: formatTimestamp(endedAt), message: describeOutcome(outcome), frames }
    if (this.#isStopping) {
      this.#state = 'stopped'
      log.error(this.#lastError.message, { frames })
      return
    }
    if (endedAt - this.#startedAt >= healthyMillis * 1000) this.#delayMillis = firstDelayMillis
    this.#state = 'restarting'
    this.#restartsAt = endedAt + this.#delayMillis * 1000
    this.#restartTimer = setTimeout(() => {
      this.#restarts++
      this.start()
    }, this.#delayMillis)
    log.error(`${this.#lastError.message}; starts again in ${this.#delayMillis / 1000} s`, { frames })
    this.#delayMillis = Math.min(this.#delayMillis * 2, delayMillisMax)
  }
}

const stoppedOutcome = 'stopped'
// Beside this file, in the sources as well as in the build.
const hostModule = new URL(`./run-host${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href
