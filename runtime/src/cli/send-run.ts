/**
 * Sends a fixture to a runtime: a connection for each producer, rows in the order in which they arrive.
 *
 * Connections know nothing of each other, so the run keeps that order by waiting: before another producer's turn, the
 * runtime must have taken what was sent. That costs a round trip, about 0.1 ms on one machine.
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { connect, EventRefusedError, type SlungClient } from '../client/index.ts'
import type { Fixture } from '../engine/fixture/fixture.ts'
import { noProducer } from '../engine/model/columns.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import type { SendCounts } from './send-report.ts'
import { dueMillis, orderByArrival } from './send-order.ts'

export interface SendRunOptions {
  readonly url: string
  /** `null` = none. */
  readonly token: string | null
  /** How many times faster than it happened; `null` = as fast as possible. */
  readonly pace: number | null
  /** After the last acknowledgement, the run waits for writebacks until none has come for this long. */
  readonly lingerMillis: number
  /** Ends sending and lingering; what was sent gets a moment to be acknowledged. */
  readonly stop: AbortSignal
  readonly onWriteback: (producer: string, text: string) => void
}

/** A row that the runtime did not take. */
export interface RefusedRow {
  readonly line: number
  readonly reason: string
}

/** The producer of rows that name none. */
export const unnamedProducer = 'send'

/** Refused rows to keep. */
const refusedRowsMax = 10
/** Enough for a runtime that is a little behind; unacknowledged events stay in memory. */
const unacknowledgedEventsMax = 100_000
/** Rows between two turns of the event loop, in which answers are read. */
const rowsPerTurn = 1000
const closeTimeoutMillis = 10_000
const stopTimeoutMillis = 2000
/** The longest delay of a timer. */
const timerMillisMax = 2 ** 31 - 1

export class SendRun {
  readonly #fixture: Fixture
  readonly #options: SendRunOptions
  /** In the order of `Fixture.producerNames`; the one for rows without a producer is last. */
  readonly #lanes: Lane[] = []
  /** Ends everything after a failure. */
  readonly #failed = new AbortController()
  readonly #stop: AbortSignal
  readonly #refusedRows: RefusedRow[] = []
  #failure: SlungError | null = null
  #writebackCount = 0
  #latestWriteback = 0
  #started = performance.now()
  #settled: number | null = null

  private constructor(fixture: Fixture, options: SendRunOptions) {
    this.#fixture = fixture
    this.#options = options
    this.#stop = AbortSignal.any([options.stop, this.#failed.signal])
  }

  /**
   * Opens the connections, one after the other: a runtime numbers them in that order.
   *
   * @throws {SlungError} as `connect`; then no connection stays open
   */
  static async open(fixture: Fixture, options: SendRunOptions): Promise<SendRun> {
    const run = new SendRun(fixture, options)
    try {
      for (const name of fixture.producerNames) await run.#openLane(name)
      if (fixture.producers.includes(noProducer)) await run.#openLane(unnamedProducer)
      return run
    } catch (error) {
      await run.#close(stopTimeoutMillis)
      throw error
    }
  }

  get counts(): SendCounts {
    const sum = (count: (client: SlungClient) => number): number =>
      this.#lanes.reduce((total, { client }) => total + count(client), 0)
    return {
      rowCount: this.#fixture.count,
      sentCount: sum(({ sentCount }) => sentCount),
      acknowledgedCount: sum(({ acknowledgedCount }) => acknowledgedCount),
      refusedCount: sum(({ refusedCount }) => refusedCount),
      writebackCount: this.#writebackCount,
      seconds: ((this.#settled ?? performance.now()) - this.#started) / 1000,
    }
  }

  /** The first rows that were refused. */
  get refusedRows(): readonly RefusedRow[] {
    return this.#refusedRows
  }

  /** Why not everything was sent and acknowledged; `null` also when the cause is `stop` or refused rows. */
  get failure(): SlungError | null {
    return this.#failure
  }

  /** Sends everything, waits for the answers, and closes the connections. Once. */
  async run(): Promise<void> {
    // Ends every wait below.
    this.#stop.addEventListener('abort', () => void this.#close(stopTimeoutMillis), { once: true })
    this.#started = performance.now()
    try {
      await this.#sendRows()
      await Promise.all(this.#lanes.map(({ client }) => client.acknowledged()))
      this.#settled = performance.now()
      await this.#linger()
    } catch (error) {
      this.#note(error)
    }
    await this.#close(closeTimeoutMillis)
    this.#settled ??= performance.now()
  }

  async #openLane(name: string): Promise<void> {
    const lines: number[] = []
    const { url, token, onWriteback } = this.#options
    const client = await connect(url, {
      ...(token !== null && { token }),
      // A restarted runtime gives other ids and has no live windows: better to start over.
      reconnect: false,
      unacknowledgedEventsMax,
      onWriteback: (text) => {
        this.#writebackCount++
        this.#latestWriteback = performance.now()
        onWriteback(name, text)
      },
      onError: (error) => {
        if (!(error instanceof EventRefusedError)) this.#note(error)
        else if (this.#refusedRows.length < refusedRowsMax) {
          this.#refusedRows.push({ line: lines[error.ordinal - 1]!, reason: error.reason })
        }
      },
    })
    this.#lanes.push({ client, lines })
  }

  async #sendRows(): Promise<void> {
    const { timestamps, arrives, values, lines, series, producers, seriesTable } = this.#fixture
    const rows = orderByArrival(this.#fixture)
    const firstArrives = arrives[rows[0]!]!
    let previous: Lane | null = null
    for (const [position, row] of rows.entries()) {
      await this.#waitUntil(dueMillis(arrives[row]!, firstArrives, this.#options.pace))
      const lane = this.#laneOf(producers[row]!)
      if (previous !== null && lane !== previous) await previous.client.flushed()
      previous = lane
      if (position % rowsPerTurn === 0) {
        await setImmediate()
        await lane.client.ready(rowsPerTurn)
      }
      if (this.#stop.aborted) return
      const { name, tags } = seriesTable[series[row]!]!
      lane.lines.push(lines[row]!)
      lane.client.send({ series: name, tags, timestamp: timestamps[row]!, value: values[row]! })
    }
  }

  /** @param producer - of a row of the fixture */
  #laneOf(producer: number): Lane {
    return this.#lanes[(producer === noProducer ? this.#lanes.length : producer) - 1]!
  }

  /** Returns `millis` after the start, or immediately when stopped. */
  async #waitUntil(millis: number): Promise<void> {
    for (;;) {
      const rest = this.#started + millis - performance.now()
      if (rest <= 0 || this.#stop.aborted) return
      await this.#sleep(rest)
    }
  }

  async #linger(): Promise<void> {
    const { lingerMillis } = this.#options
    this.#latestWriteback = performance.now()
    for (;;) {
      const rest = this.#latestWriteback + lingerMillis - performance.now()
      if (rest <= 0 || this.#stop.aborted) return
      await this.#sleep(rest)
    }
  }

  /** May return early. */
  async #sleep(millis: number): Promise<void> {
    try {
      await setTimeout(Math.min(millis, timerMillisMax), undefined, { signal: this.#stop })
    } catch {
      // Stopped; the caller checks.
    }
  }

  /** Keeps the first failure, and ends everything. */
  #note(error: unknown): void {
    if (!(error instanceof SlungError)) throw error
    // What `stop` cuts short is not a failure.
    if (this.#failure === null && !this.#options.stop.aborted) this.#failure = error
    this.#failed.abort()
  }

  async #close(timeoutMillis: number): Promise<void> {
    await Promise.allSettled(this.#lanes.map(({ client }) => client.close({ timeoutMillis })))
  }
}

/** A connection and the lines of the rows sent on it, in order: event 1 is `lines[0]`. */
interface Lane {
  readonly client: SlungClient
  readonly lines: number[]
}
