/**
 * Replays fixtures through a workflow in virtual time: the function behind specs, `replay()` in tests, and the command.
 *
 * The guest runs on its own thread (see `replay-host.ts`); this side loads the input, answers HTTP and collects what
 * the guest did.
 */
import {
  applyChanges,
  describeUnreadVariables,
  EndOfRun,
  type Fixture,
  type GuestHttpRequest,
  type GuestModule,
  type GuestOutcome,
  type GuestResult,
  type GuestThread,
  headersFor,
  type HeaderRule,
  type StateValues,
  type TimelineEntry,
} from '@slung/runtime'
import type { Fault } from '../faults/fault.ts'
import type { TraceLine } from '../trace/trace-line.ts'
import { buildFeed, type FeedSource } from './feed.ts'
import { answerWithin } from './answer-within.ts'
import { isHttp, type HttpDoor, type HttpOutcome, type HttpRequest } from './http-door.ts'
import { describeNotes } from '../run/describe-notes.ts'
import { passageOfTimeDefault, type PassageOfTime, type RequestedPassageOfTime } from '../run/passage-of-time.ts'
import {
  progressSlots,
  type HostMessage,
  type HttpQuestion,
  type HttpReply,
  type ReplayHostOptions,
  type ReplayReport,
} from './replay-messages.ts'
import type { CausedEntry, ReplayOutcome, ReplayRun, UnansweredRequest } from '../run/replay-run.ts'
import { Slowness } from './slowness.ts'
import { whileSlow } from '../run/while-slow.ts'
import type { TimedQuery } from './timed-checks.ts'

export interface ReplayJob {
  /** The command that says so when the replay takes long; `slung-test` by default. */
  readonly program?: string
  readonly guest: GuestModule
  readonly fixtures: readonly Fixture[]
  /** What happens to the input on its way; nothing by default. */
  readonly faults?: readonly Fault[]
  readonly http: HttpDoor
  readonly passage?: RequestedPassageOfTime
  /** Processor time a guest may use between two polls; 10,000 by default. */
  readonly watchdogMillis?: number
  /** Real time that the HTTP door may take for an answer; 30,000 by default. */
  readonly answerMillis?: number
  readonly environment?: Readonly<Record<string, string>>
  /** What the workflow remembers; nothing by default. */
  readonly state?: StateValues
  /** What is added to the guest's requests; nothing by default. */
  readonly headers?: readonly HeaderRule[]
  /** Questions to the engine at certain times; the answers come in the same order. */
  readonly checks?: (passage: PassageOfTime) => readonly TimedQuery[]
  /** Receives every call that the guest makes, in batches, with up to some hundred bytes per call. */
  readonly onTrace?: (lines: readonly TraceLine[]) => void
  readonly watchMemory?: boolean
  readonly watchCallbacks?: boolean
}

const watchdogMillisDefault = 10_000
/** Half of the time that `slung-test` gives a test; what a test serves itself answers in milliseconds. */
const answerMillisDefault = 30_000

/**
 * Runs to the end. Everything a guest does wrong is an outcome, never an exception.
 *
 * @throws what the HTTP door throws, such as an assertion that failed in an answer of the test
 * @throws {SlungError} `no-answer` when the HTTP door keeps the workflow waiting
 */
export async function runReplay(thread: GuestThread, job: ReplayJob): Promise<ReplayRun> {
  const source = buildFeed(job.fixtures, { faults: job.faults ?? [], passage: job.passage ?? passageOfTimeDefault })
  const { feed, passage, closings } = source
  const checks = job.checks?.(passage) ?? []
  // The world answers them in order of time.
  const order = [...checks.keys()].sort((left, right) => checks[left]!.at - checks[right]!.at || left - right)
  const progress = new Float64Array(new SharedArrayBuffer(progressSlots.length * Float64Array.BYTES_PER_ELEMENT))
  const options: ReplayHostOptions = {
    feed,
    passage,
    closings,
    checks: order.map((index) => checks[index]!),
    progress,
    environment: job.environment ?? {},
    state: job.state ?? new Map(),
    watched: {
      calls: job.onTrace !== undefined,
      memory: job.watchMemory === true,
      callbacks: job.watchCallbacks === true,
    },
  }
  const collector = new TimelineCollector(source, job)
  const perform = (): Promise<GuestResult> =>
    thread.run({
      module: job.guest,
      host: { module: hostModule, options },
      watchdogMillis: job.watchdogMillis ?? watchdogMillisDefault,
      onMessage: (message) => collector.collect(message as HostMessage),
      onRequest: (question) => collector.answer(question as HttpQuestion),
    })
  const slowness = new Slowness(job.program ?? 'slung-test', job.guest.file, source, progress, collector)
  const { outcome, report } = await whileSlow(
    {
      describe: (seconds) => slowness.describe(seconds),
      progress: (seconds) => slowness.progress(seconds),
    },
    perform,
  )
  if (collector.failure !== undefined) throw collector.failure.error
  const { timeline } = collector
  const { answers, state, stateChanges, ...told } = (report as ReplayReport | undefined) ?? nothingReported
  const isDone = outcome.kind === 'returned' && outcome.code === 0
  const run = {
    workflow: job.guest.file,
    ...outcomeFields(outcome),
    modes: passage,
    at: progress[progressSlots.now]!,
    rows: progress[progressSlots.rows]!,
    rowsTotal: feed.count,
    delivered: progress[progressSlots.delivered]!,
    coalesced: progress[progressSlots.coalesced]!,
    late: progress[progressSlots.late]!,
    ...told,
    state: isDone ? applyChanges(new Map(state), stateChanges) : state,
    answers: checks.map((_, index) => answers[order.indexOf(index)] ?? null),
    series: feed.seriesTable,
    timeline,
    writebacks: timeline.filter((entry) => entry.kind !== 'log'),
    logs: timeline.filter((entry) => entry.kind === 'log'),
    unanswered: collector.unanswered,
    rowAround: source.rowAround,
    producers: source.producerNames,
  }
  return { ...run, notes: describeNotes(run, describeUnreadVariables(job.guest, options.environment)) }
}

/** Of a guest whose thread had to be terminated. */
const nothingReported: ReplayReport = {
  queries: [],
  undelivered: [],
  lags: [],
  answers: [],
  memoryBytes: 0,
  memoryHash: null,
  callbackMillis: null,
  coverage: undefined,
  state: new Map(),
  stateChanges: [],
}

// Beside this file, both in the sources and in the build.
const hostModule = new URL(`./replay-entry${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href

/** Puts what the guest's thread reports, and the HTTP requests answered here, into one timeline. */
class TimelineCollector {
  readonly timeline: CausedEntry[] = []
  readonly unanswered: UnansweredRequest[] = []
  /** What the HTTP door threw, which ended the run. */
  failure: { readonly error: unknown } | undefined
  /** The request that the guest waits for. */
  pending: GuestHttpRequest | undefined
  readonly #source: FeedSource
  readonly #http: HttpDoor
  readonly #answerMillis: number
  readonly #headers: readonly HeaderRule[]
  readonly #onTrace: ReplayJob['onTrace']
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

  constructor(source: FeedSource, { http, headers, onTrace, answerMillis }: ReplayJob) {
    this.#source = source
    this.#http = http
    this.#headers = headers ?? []
    this.#answerMillis = answerMillis ?? answerMillisDefault
    this.#onTrace = onTrace
  }

  collect(message: HostMessage): void {
    if (message.kind === 'entry') this.#add(message.entry, message.row)
    else
      this.#onTrace?.(
        message.lines.map((line) => ('row' in line ? { ...line, row: this.#source.rowAt(line.row) } : line)),
      )
  }

  async answer(question: HttpQuestion): Promise<HttpReply> {
    const { at, method, url, body, row } = question
    const headers = isHttp(url) ? headersFor(new URL(url), this.#headers) : {}
    const outcome = await this.#ask({ method, url, headers, body })
    const added = Object.keys(headers).length > 0 && { headers }
    const status = 'refused' in outcome ? 0 : outcome.status
    this.#add({ kind: 'http', at, method, url, body: this.#utf8.decode(body), status, ...added }, row)
    if ('refused' in outcome && outcome.unanswered) this.unanswered.push({ at, method, url })
    return { afterMicros: 0, ...outcome }
  }

  async #ask(request: HttpRequest): Promise<HttpOutcome> {
    this.pending = request
    try {
      return await answerWithin(this.#answerMillis, request, this.#http.ask(request))
    } catch (error) {
      this.failure = { error }
      throw new EndOfRun('failed')
    } finally {
      this.pending = undefined
    }
  }

  #add(entry: TimelineEntry, row: number): void {
    this.timeline.push({ ...entry, cause: row < 0 ? null : this.#source.rowAt(row) })
  }
}

function outcomeFields(outcome: GuestOutcome): Pick<ReplayRun, 'outcome' | 'code' | 'trap'> {
  switch (outcome.kind) {
    case 'returned':
      return { outcome: 'returned', code: outcome.code, trap: null }
    case 'ended':
      return { outcome: outcome.outcome as ReplayOutcome, code: null, trap: null }
    case 'trapped':
      return { outcome: 'trapped', code: null, trap: outcome.trap }
    case 'stuck':
      return { outcome: 'stuck', code: null, trap: null }
  }
}
