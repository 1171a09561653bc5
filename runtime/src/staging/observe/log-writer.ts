/** Writes what happens as lines for people. */
import type { ProducerId } from '../../engine/model/live-event.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import type { LogStream } from '../../engine/model/timeline.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { oneLine } from '../../engine/text/quote.ts'
import { plural } from '../../engine/text/words.ts'
import { describeOutcome } from '../../guest/contract/guest-outcome.ts'
import type { Clock, Timers } from '../system/clock.ts'
import { LogLimit } from '../system/log-limit.ts'
import {
  stoppedOutcome,
  type Behind,
  type Observer,
  type RecordingStep,
  type RunEnd,
  type Writeback,
} from './observer.ts'
import { Repeats } from './repeats.ts'

/** Where the runtime reports what happens. Never receives a secret. */
export interface RuntimeLog {
  info(message: string, details?: object): void
  warn(message: string, details?: object): void
  error(message: string, details?: object): void
  /** The log of one workflow. */
  workflow(name: string): WorkflowLog
  /** Lines left out so far because nobody read them. */
  readonly droppedLines: number
}

/** Where a workflow's output goes, and word of how its runs end. */
export interface WorkflowLog {
  line(stream: LogStream, text: string): void
  debug(message: string): void
  info(message: string, details?: object): void
  error(message: string, details?: object): void
}

/** Characters shown of a path. */
const pathUnitsMax = 200

interface ObservedWorkflow {
  readonly log: WorkflowLog
  /** What the host tells its author, such as the reason of a refusal: it may call in a loop. */
  readonly hostLines: Repeats
}

export class LogWriter implements Observer {
  readonly #log: RuntimeLog
  readonly #timers: Pick<Timers, 'after'>
  readonly #workflows = new Map<string, ObservedWorkflow>()
  readonly #denialLimit: LogLimit
  readonly #denials: Repeats

  constructor(log: RuntimeLog, clock: Pick<Clock, 'elapsedMillis'>, timers: Pick<Timers, 'after'>) {
    this.#log = log
    this.#timers = timers
    this.#denialLimit = new LogLimit(clock)
    this.#denials = new Repeats(timers, (text) => log.warn(text))
  }

  /** Writes how often messages were repeated since they were last written. Nothing may happen afterwards. */
  close(): void {
    this.#denials.close()
    for (const { hostLines } of this.#workflows.values()) hostLines.close()
  }

  storeFailing(failure: SlungError | null): void {
    if (failure === null) this.#log.info('the store can be written again')
    else this.#log.error(`${failure.message}; nothing is acknowledged until it can be written again`)
  }

  retained(sampleCount: number, seriesCount: number): void {
    const series = seriesCount === 0 ? '' : `, and all that was left of ${seriesCount} series`
    this.#log.info(`retention removed ${sampleCount} samples${series}`)
  }

  cutOff(producer: ProducerId): void {
    this.#log.warn(`closed the connection of producer ${producer}: it does not read what is sent to it`)
  }

  /** Refused clients must not flood the log either. */
  denied(path: string, status: number, reason: string): void {
    const message = `refused a request for ${oneLine(path, pathUnitsMax)}: ${reason}`
    if (!this.#denials.isNew(message) || !this.#denialLimit.admit()) return
    const dropped = this.#denialLimit.takeDropped()
    if (dropped > 0) this.#log.warn(`${dropped} more requests were refused`)
    this.#log.warn(message, { status })
  }

  recording(step: RecordingStep): void {
    if (step === 'began') this.#log.info('a recording started')
    else if (step === 'over') this.#log.info('a recording ended')
    else this.#log.warn('cut off a recording: its recorder does not keep up')
  }

  shortOfMemory(found: string | null): void {
    if (found === null) this.#log.info('there is room in memory again')
    else this.#log.warn(`${found}: samples are taken only as fast as they reach the disk, and new windows are refused`)
  }

  fellBehind(workflow: string, what: Behind, missedCount: number): void {
    const consequence = {
      samples: `it misses ${plural(missedCount, 'Event')}, whose samples its next Events cover`,
      position: 'new subscriptions and questions about the past may see samples before it gets their Events',
      clock: 'its polls do not make up for all the ticks that are over',
    }[what]
    this.#of(workflow).line('host', `warning: it is too far behind: ${consequence}`)
  }

  late(workflows: readonly string[]): void {
    for (const workflow of workflows) {
      this.#of(workflow).line('host', 'warning: it takes long to subscribe: samples wait for its first poll')
    }
  }

  started(workflow: string, _at: Micros, isRestart: boolean): void {
    this.#of(workflow).info(isRestart ? 'started again' : 'started')
  }

  printed(workflow: string, stream: LogStream, text: string): void {
    const { log, hostLines } = this.#find(workflow)
    if (stream !== 'host' || hostLines.isNew(text)) log.line(stream, text)
  }

  wrote(workflow: string, writeback: Writeback): void {
    if (writeback.kind !== 'http') return
    const { method, url, status, durationMillis } = writeback
    this.#of(workflow).debug(`${method} ${url} → ${status} in ${Math.round(durationMillis)} ms`)
  }

  ended(workflow: string, { outcome, restartMillis }: RunEnd): void {
    const log = this.#of(workflow)
    if (outcome.kind === 'returned' && outcome.code === 0) {
      log.info('done: call returned 0')
    } else if (outcome.kind === 'ended') {
      log.info(outcome.outcome === stoppedOutcome ? 'stopped' : 'stopped by force')
    } else {
      const frames = outcome.kind === 'trapped' ? outcome.trap.frames : []
      const next = restartMillis === null ? '' : `; starts again in ${restartMillis / 1000} s`
      log.error(`${describeOutcome(outcome)}${next}`, { frames })
    }
  }

  #of(workflow: string): WorkflowLog {
    return this.#find(workflow).log
  }

  #find(workflow: string): ObservedWorkflow {
    let observed = this.#workflows.get(workflow)
    if (observed === undefined) {
      const log = this.#log.workflow(workflow)
      observed = { log, hostLines: new Repeats(this.#timers, (text) => log.line('host', text)) }
      this.#workflows.set(workflow, observed)
    }
    return observed
  }
}
