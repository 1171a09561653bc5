/**
 * The host of a replayed guest, on the guest's own thread: what the guest may ask of the world around it
 * (`replay-world.ts`).
 *
 * Only polls and waiting for answers move the clock. What the guest does is reported to the test's thread as it
 * happens.
 */
import { createHash } from 'node:crypto'
import {
  applyChanges,
  EndOfRun,
  HostRefusal,
  parseQuery,
  parseWrittenEvent,
  refusing,
  type FinishedGuest,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
  GuestState,
  type HostPort,
  type LiveEvent,
  type LogStream,
  type Micros,
  type ProducerId,
  type Query,
  type TimelineEntry,
} from '@slung/runtime'
import { SeededRandom } from '@slung/runtime/testing'
import { readHits } from '../probes/probe-memory.ts'
import {
  progressSlots,
  type HostMessage,
  type HttpQuestion,
  type HttpReply,
  type ReplayHostOptions,
  type ReplayReport,
  type Watched,
} from './replay-messages.ts'
import { ReplayWorld } from './replay-world.ts'

export class ReplayHost implements GuestHost {
  readonly waits = false
  readonly environment: Readonly<Record<string, string>>
  readonly state: GuestState
  readonly world: ReplayWorld
  readonly #progress: Float64Array
  readonly #port: HostPort
  readonly #random: SeededRandom
  readonly #watched: Watched
  /** Every accepted query, by its handle. */
  readonly #queries = new Map<number, Query>()
  readonly #callbackMillis: number[] = []
  /** When the guest got the Event it is working on; `undefined` between Events. */
  #callbackStart: number | undefined
  /** What it remembered at its last poll. */
  readonly #saved: Map<string, Uint8Array>
  #writtenThisStep = 0
  #entriesThisStep = 0
  #entryBytes = 0

  constructor(options: ReplayHostOptions, port: HostPort) {
    this.environment = options.environment
    this.state = new GuestState(options.state)
    this.#saved = new Map(options.state)
    this.#progress = options.progress
    this.#port = port
    this.#random = new SeededRandom(options.passage.seed)
    this.#watched = options.watched
    this.world = new ReplayWorld(options)
    this.#noteProgress()
  }

  now(): Micros {
    return this.world.now
  }

  fillRandom(target: Uint8Array): void {
    this.#random.fill(target)
  }

  queryLive(text: string): number {
    const query = this.#parse(text)
    const handle = refusing(() => this.world.subscribe(query))
    this.#queries.set(handle, query)
    return handle
  }

  queryHistory(text: string): number {
    const query = this.#parse(text)
    return refusing(() => this.world.history(query))
  }

  pollHandle(handle: number): LiveEvent | undefined {
    if (this.#watched.callbacks) this.#endCallback()
    applyChanges(this.#saved, this.state.takeChanges())
    const { world } = this
    let event = world.take(handle)
    if (event === undefined) {
      this.#reveal()
      event = world.take(handle)
    }
    if (event !== undefined) {
      this.#progress[progressSlots.delivered]!++
      if (this.#watched.callbacks) this.#callbackStart = performance.now()
    }
    return event
  }

  freeHandle(handle: number): boolean {
    return this.world.handles.free(handle)
  }

  writeEvent(timestamp: string, value: string, tags: string): void {
    const written = parseWrittenEvent(timestamp, value, tags)
    if (++this.#writtenThisStep > writtenPerStepMax) throw new EndOfRun('runaway')
    const { series } = written
    this.world.write(series, written.timestamp, written.value)
    this.#report({
      kind: 'event',
      at: this.world.now,
      timestamp: written.timestamp,
      series: series.name,
      value: written.value,
      tags: series.tags,
    })
  }

  writebackWs(producer: ProducerId, text: string): void {
    if (!this.world.isOpen(producer)) {
      throw new HostRefusal(
        `cannot send to producer ${producer}: no row of the input comes from that connection, or it is closed`,
      )
    }
    this.#report({ kind: 'ws', at: this.world.now, producer, text })
  }

  async writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse> {
    const asked = this.#watched.callbacks ? performance.now() : 0
    this.#countEntry(request.body.length)
    const question: HttpQuestion = { ...request, at: this.world.now, row: this.world.row }
    const reply = (await this.#port.request(question)) as HttpReply
    if (reply.afterMicros > 0) {
      const isInTime = this.world.pass(reply.afterMicros)
      this.#noteProgress()
      if (!isInTime) throw new EndOfRun('drained')
    }
    // The guest was not computing meanwhile.
    if (this.#callbackStart !== undefined) this.#callbackStart += performance.now() - asked
    if ('refused' in reply) throw new HostRefusal(reply.refused)
    return reply
  }

  log(stream: LogStream, text: string): void {
    this.#report({ kind: 'log', at: this.world.now, stream, text })
  }

  /** Called after the run, however it ended. */
  finish({ memory, exports }: FinishedGuest): ReplayReport {
    const { handles, store } = this.world
    this.#progress[progressSlots.coalesced] = handles.coalescedCount
    this.#progress[progressSlots.late] = handles.lateCount
    const isMatched = ({ series, tags }: Query): boolean => store.newest({ names: series, tags }) !== undefined
    const used = new Map([...this.#queries.values()].map((query) => [query.text, isMatched(query)]))
    const undelivered = [...this.#queries].map(([handle, { text }]) => ({ query: text, count: this.#drain(handle) }))
    return {
      queries: [...used].map(([query, matched]) => ({ query, matched })),
      undelivered: undelivered.filter(({ count }) => count > 0),
      lags: this.world.lags,
      answers: this.world.answers(),
      coverage: readHits(exports),
      state: this.#saved,
      stateChanges: this.state.takeChanges(),
      memoryBytes: memory.length,
      memoryHash: this.#watched.memory ? createHash('sha256').update(memory).digest('hex') : null,
      callbackMillis: this.#watched.callbacks ? Float64Array.from(this.#callbackMillis) : null,
    }
  }

  #drain(handle: number): number {
    let count = 0
    while (this.world.handles.poll(handle) !== undefined) count++
    return count
  }

  #parse(text: string): Query {
    const query = refusing(() => parseQuery(text))
    for (const warning of query.warnings) this.log('host', `warning: ${warning}`)
    return query
  }

  /** A poll has found nothing. */
  #reveal(): void {
    const { world } = this
    if (!world.mayReveal()) return
    const step = world.step()
    this.#noteProgress()
    if (step === 'dry') throw new EndOfRun(world.handles.waitingCount === 0 ? 'drained' : 'undelivered')
    this.#writtenThisStep = 0
    this.#entriesThisStep = 0
  }

  #noteProgress(): void {
    this.#progress[progressSlots.rows] = this.world.row + 1
    this.#progress[progressSlots.now] = this.world.now
  }

  #endCallback(): void {
    if (this.#callbackStart !== undefined) this.#callbackMillis.push(performance.now() - this.#callbackStart)
    this.#callbackStart = undefined
  }

  #report(entry: TimelineEntry): void {
    this.#countEntry('text' in entry ? entry.text.length : 0)
    const message: HostMessage = { kind: 'entry', entry, row: this.world.row }
    this.#port.post(message)
  }

  #countEntry(textLength: number): void {
    this.#entryBytes += textLength + entryBytesBesides
    if (++this.#entriesThisStep > entriesPerStepMax || this.#entryBytes > entryBytesMax) throw new EndOfRun('runaway')
  }
}

/** A row that leads to more written events than this feeds a loop. */
const writtenPerStepMax = 10_000
/** A row that leads to more timeline entries of any kind than this would only fill the memory. */
const entriesPerStepMax = 100_000
/** All entries of a run together: their text and overhead. More would endanger the process of the tests. */
const entryBytesMax = 256 * 1024 * 1024
const entryBytesBesides = 128
