/**
 * The world of a replayed guest, on the guest's own thread: the engine, fed from fixtures, in virtual time.
 *
 * The clock is the arrival of the newest replayed row, and only `pollHandle` moves it. So the order of everything is a pure
 * function of guest and fixtures. What the guest does is reported to the test's thread as it happens.
 */
import {
  EndOfRun,
  Engine,
  HandleTable,
  HostRefusal,
  MemoryStore,
  parseQuery,
  parseWrittenEvent,
  refusing,
  type GuestHost,
  type GuestHttpRequest,
  type GuestHttpResponse,
  type HostPort,
  type LiveEvent,
  type LogStream,
  type Micros,
  type ProducerId,
  type Query,
  type SeriesId,
  type TimelineEntry,
} from '@slung/runtime'
import { SeededRandom } from '@slung/runtime/testing'
import type { Feed } from './feed.ts'
import type { UndeliveredQuery } from './replay-run.ts'

/** Sent to the guest's thread. */
export interface ReplayHostOptions {
  readonly feed: Feed
  readonly seed: number
  /** Shared with the test's thread, so that it can be read even after the guest was terminated; see `progressSlots`. */
  readonly progress: Float64Array
  readonly environment: Readonly<Record<string, string>>
}

/** What stands where in `ReplayHostOptions.progress`. */
export const progressSlots = { rows: 0, delivered: 1, coalesced: 2, late: 3, length: 4 } as const

/** Posted for every timeline entry but HTTP, whose entry is made where the answer comes from. */
export interface TimelineMessage {
  readonly entry: TimelineEntry
  /** Newest replayed row; −1 before the first. */
  readonly row: number
}

/** Asked for every HTTP writeback. */
export interface HttpQuestion extends GuestHttpRequest {
  readonly at: Micros
  readonly row: number
}

/** What is known of the live queries after a run; not there when the thread had to be ended. */
export interface ReplayReport {
  readonly unmatched: readonly string[]
  readonly undelivered: readonly UndeliveredQuery[]
}

export type HttpReply = GuestHttpResponse | { readonly refused: string }

/** A row leading to more written events than this is a loop that feeds itself. */
const writtenPerRowMax = 10_000
/** A row leading to more timeline entries of any kind than this would only fill the memory. */
const entriesPerRowMax = 100_000
/** All entries of a run together: text, and what an entry takes besides. More would endanger the process of the tests. */
const entryBytesMax = 256 * 1024 * 1024
const entryBytesBesides = 128
/** At the end of input, this many polls in a row may find nothing while another handle still holds an Event. */
const idlePollsMax = 1000

/** Called on the guest's thread, once per run. */
export function createGuestHost(options: unknown, port: HostPort): GuestHost {
  return new ReplayHost(options as ReplayHostOptions, port)
}

class ReplayHost implements GuestHost {
  readonly waits = false
  readonly environment: Readonly<Record<string, string>>
  readonly #feed: Feed
  readonly #progress: Float64Array
  readonly #port: HostPort
  readonly #random: SeededRandom
  readonly #store = new MemoryStore()
  readonly #engine: Engine
  readonly #handles: HandleTable
  /** Every query that was accepted, by the handle it got. */
  readonly #queries = new Map<number, Query>()
  readonly #producers: ReadonlySet<ProducerId>
  /** By index into the feed's series; `undefined` until the first row of a series. */
  readonly #seriesIds: (SeriesId | undefined)[] = []
  #row = -1
  #now: Micros
  #idlePolls = 0
  #writtenThisRow = 0
  #entriesThisRow = 0
  #entryBytes = 0

  constructor(options: ReplayHostOptions, port: HostPort) {
    this.environment = options.environment
    this.#feed = options.feed
    this.#progress = options.progress
    this.#port = port
    this.#random = new SeededRandom(options.seed)
    this.#now = this.#feed.arrives[0] ?? 0
    this.#engine = new Engine({ store: this.#store, now: () => this.#now })
    this.#handles = new HandleTable(this.#engine)
    this.#producers = new Set(this.#feed.producers.filter((producer) => producer !== 0))
  }

  now(): Micros {
    return this.#now
  }

  fillRandom(target: Uint8Array): void {
    this.#random.fill(target)
  }

  queryLive(text: string): number {
    const query = this.#parse(text)
    const handle = refusing(() => this.#handles.open(query))
    this.#queries.set(handle, query)
    return handle
  }

  queryHistory(text: string): number {
    const query = this.#parse(text)
    return refusing(() => this.#engine.history(query))
  }

  pollHandle(handle: number): LiveEvent | undefined {
    let event = this.#handles.poll(handle)
    if (event === undefined && this.#row + 1 < this.#feed.rowCount) {
      this.#advance()
      event = this.#handles.poll(handle)
    } else if (event === undefined) {
      this.#endUnlessWaiting()
    }
    if (event !== undefined) {
      this.#idlePolls = 0
      this.#progress[progressSlots.delivered]!++
    }
    return event
  }

  freeHandle(handle: number): boolean {
    return this.#handles.free(handle)
  }

  writeEvent(timestamp: string, value: string, tags: string): void {
    const written = parseWrittenEvent(timestamp, value, tags)
    if (++this.#writtenThisRow > writtenPerRowMax) throw new EndOfRun('runaway')
    const { series } = written
    this.#engine.append(this.#engine.intern(series), written.timestamp, written.value)
    this.#report({
      kind: 'event',
      at: this.#now,
      timestamp: written.timestamp,
      series: series.name,
      value: written.value,
      tags: series.tags,
    })
  }

  writebackWs(producer: ProducerId, text: string): void {
    if (!this.#producers.has(producer)) {
      throw new HostRefusal(`Cannot send to producer ${producer}: no row of the input comes from that connection`)
    }
    this.#report({ kind: 'ws', at: this.#now, producer, text })
  }

  async writebackHttp(request: GuestHttpRequest): Promise<GuestHttpResponse> {
    this.#countEntry(request.body.length)
    const question: HttpQuestion = { ...request, at: this.#now, row: this.#row }
    const reply = (await this.#port.request(question)) as HttpReply
    if ('refused' in reply) throw new HostRefusal(reply.refused)
    return reply
  }

  log(stream: LogStream, text: string): void {
    this.#report({ kind: 'log', at: this.#now, stream, text })
  }

  /** Called after the run, however it ended. */
  finish(): ReplayReport {
    this.#progress[progressSlots.coalesced] = this.#handles.coalescedCount
    this.#progress[progressSlots.late] = this.#handles.lateCount
    const isMatched = ({ series, tags }: Query): boolean => this.#store.newest({ names: series, tags }) !== undefined
    const unmatched = [...this.#queries.values()].filter((query) => !isMatched(query)).map(({ text }) => text)
    const undelivered = [...this.#queries].map(([handle, { text }]) => ({ query: text, count: this.#drain(handle) }))
    return { unmatched: [...new Set(unmatched)], undelivered: undelivered.filter(({ count }) => count > 0) }
  }

  #drain(handle: number): number {
    let count = 0
    while (this.#handles.poll(handle) !== undefined) count++
    return count
  }

  #parse(text: string): Query {
    const query = refusing(() => parseQuery(text))
    for (const warning of query.warnings) this.log('host', `warning: ${warning}`)
    return query
  }

  #advance(): void {
    const feed = this.#feed
    const row = ++this.#row
    this.#progress[progressSlots.rows] = row + 1
    this.#now = feed.arrives[row]!
    this.#writtenThisRow = 0
    this.#entriesThisRow = 0
    const index = feed.seriesIndexes[row]!
    const series = (this.#seriesIds[index] ??= this.#engine.intern(feed.series[index]!))
    this.#engine.append(series, feed.timestamps[row]!, feed.values[row]!, feed.producers[row])
  }

  #endUnlessWaiting(): void {
    if (!this.#handles.isWaiting()) throw new EndOfRun('drained')
    if (++this.#idlePolls > idlePollsMax) throw new EndOfRun('undelivered')
  }

  #report(entry: TimelineEntry): void {
    this.#countEntry('text' in entry ? entry.text.length : 0)
    const message: TimelineMessage = { entry, row: this.#row }
    this.#port.post(message)
  }

  #countEntry(textLength: number): void {
    this.#entryBytes += textLength + entryBytesBesides
    if (++this.#entriesThisRow > entriesPerRowMax || this.#entryBytes > entryBytesMax) throw new EndOfRun('runaway')
  }
}
