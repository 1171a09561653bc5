/**
 * Replays fixtures through a workflow in virtual time: the function behind specs, `replay()` in tests, and the command.
 *
 * The guest runs on a thread of its own (see `replay-host.ts`); this side loads the input, answers HTTP and collects what the
 * guest did.
 */
import {
  EndOfRun,
  type Fixture,
  type GuestHttpRequest,
  type GuestModule,
  type GuestOutcome,
  type GuestThread,
  type TimelineEntry,
} from '@slung/runtime'
import { buildFeed, type FeedSource } from './feed.ts'
import type { HttpDoor, HttpOutcome } from './http-door.ts'
import {
  progressSlots,
  type HttpQuestion,
  type HttpReply,
  type ReplayHostOptions,
  type ReplayReport,
  type TimelineMessage,
} from './replay-host.ts'
import type { CausedEntry, ReplayOutcome, ReplayRun, UnansweredRequest } from './replay-run.ts'

export interface ReplayJob {
  readonly guest: GuestModule
  readonly fixtures: readonly Fixture[]
  readonly http: HttpDoor
  /** Processor time a guest may use between two polls. */
  readonly watchdogMillis: number
  /** Decides what the guest's random numbers are. */
  readonly seed: number
  readonly environment: Readonly<Record<string, string>>
}

/** Processor time between two polls after which a guest counts as stuck, unless a test says otherwise. */
export const watchdogMillisDefault = 10_000
/** Seed of the guest's random numbers, unless a test says otherwise. */
export const seedDefault = 1

/**
 * Runs to the end. Whatever a guest does wrong is an outcome, never an exception.
 *
 * @throws what the HTTP door throws, such as an assertion that failed in an answer of the test
 */
export async function runReplay(thread: GuestThread, job: ReplayJob): Promise<ReplayRun> {
  const source = buildFeed(job.fixtures)
  const progress = new Float64Array(new SharedArrayBuffer(progressSlots.length * Float64Array.BYTES_PER_ELEMENT))
  const options: ReplayHostOptions = { feed: source.feed, seed: job.seed, progress, environment: job.environment }
  const collector = new TimelineCollector(source, job.http)
  const { outcome, report } = await thread.run({
    module: job.guest,
    host: { module: hostModule, options },
    watchdogMillis: job.watchdogMillis,
    onMessage: (message) => collector.collect(message as TimelineMessage),
    onRequest: (question) => collector.answer(question as HttpQuestion),
  })
  if (collector.failure !== undefined) throw collector.failure.error
  const { timeline } = collector
  const rows = progress[progressSlots.rows]!
  return {
    workflow: job.guest.file,
    ...outcomeFields(outcome),
    at: source.feed.arrives[Math.max(0, rows - 1)] ?? 0,
    rows,
    rowsTotal: source.feed.rowCount,
    delivered: progress[progressSlots.delivered]!,
    coalesced: progress[progressSlots.coalesced]!,
    late: progress[progressSlots.late]!,
    ...((report as ReplayReport | undefined) ?? { unmatched: [], undelivered: [] }),
    series: source.feed.series,
    timeline,
    writebacks: timeline.filter((entry) => entry.kind !== 'log'),
    logs: timeline.filter((entry) => entry.kind === 'log'),
    unanswered: collector.unanswered,
    rowAround: source.rowAround,
    producers: source.producerNames,
  }
}

// Beside this file, in the sources as well as in the build.
const hostModule = new URL(`./replay-host${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href

/** Puts what the guest's thread reports, and the HTTP requests answered here, into one timeline. */
class TimelineCollector {
  readonly timeline: CausedEntry[] = []
  readonly unanswered: UnansweredRequest[] = []
  /** What the HTTP door threw; the run was ended because of it. */
  failure: { readonly error: unknown } | undefined
  readonly #source: FeedSource
  readonly #http: HttpDoor
  readonly #utf8 = new TextDecoder()

  constructor(source: FeedSource, http: HttpDoor) {
    this.#source = source
    this.#http = http
  }

  collect(message: TimelineMessage): void {
    this.#add(message.entry, message.row)
  }

  async answer(question: HttpQuestion): Promise<HttpReply> {
    const { at, method, url, body, row } = question
    const outcome = await this.#ask({ method, url, body })
    const status = 'refused' in outcome ? 0 : outcome.status
    this.#add({ kind: 'http', at, method, url, body: this.#utf8.decode(body), status }, row)
    if ('refused' in outcome && outcome.unanswered) this.unanswered.push({ at, method, url })
    return outcome
  }

  async #ask(request: GuestHttpRequest): Promise<HttpOutcome> {
    try {
      return await this.#http.ask(request)
    } catch (error) {
      this.failure = { error }
      throw new EndOfRun('failed')
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
