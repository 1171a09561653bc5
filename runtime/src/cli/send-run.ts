/**
 * Sends a fixture to a runtime: a connection for each producer, rows in the order in which they arrive.
 *
 * Connections know nothing of each other, so that order is kept by waiting: before another producer's turn, until the
 * runtime has taken what was sent. That is a round trip, about 0.1 ms on one machine.
 */
import { setImmediate, setTimeout } from 'node:timers/promises'
import { connect, EventRefusedError, type SlungClient } from '../client/index.ts'
import type { Fixture } from '../engine/fixture/fixture.ts'
import { SlungError } from '../engine/model/slung-error.ts'
import type { SendCounts } from './send-report.ts'
import { dueMillis, orderByArrival } from './send-order.ts'

export interface SendRunOptions {
  readonly url: string
  /** `null` = none. */
  readonly token: string | null
  /** How many times faster than it happened; `null` = as fast as possible. */
  readonly pace: number | null
  /** After the last acknowledgement, writebacks are waited for until none has come for so long. */
  readonly lingerMillis: number
  /** Ends sending and lingering; what was sent is waited for, for a moment. */
  readonly stop: AbortSignal
  readonly onWriteback: (producer: string, text: string) => void
}

/** A row that the runtime did not take. */
export interface RefusedRow {
  readonly line: number
  readonly reason: string
}

/** What rows without a producer are sent as. */
export const unnamedProducer = 'send'

/** As many refused rows are kept. */
const refusedRowsMax = 10
/** Enough for a runtime that is a little behind; what it does not acknowledge stays in memory. */
const unacknowledgedEventsMax = 100_000
/** After so many rows, what comes back is looked at. */
const rowsPerTurn = 1000
const closeTimeoutMillis = 10_000
const stopTimeoutMillis = 2000
/** The longest wait a timer can do. */
const timerMillisMax = 2 ** 31 - 1

export class SendRun {
  readonly #fixture: Fixture
  readonly #options: SendRunOptions
  /** In the order of `Fixture.producers`; the one of rows without a producer is the last. */
  readonly #lanes: Lane[] = []
  /** Ends everything: because it was told so, or because a connection is lost. */
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
   * @throws {SlungError} as `connect`; none is left open then
   */
  static async open(fixture: Fixture, options: SendRunOptions): Promise<SendRun> {
    const run = new SendRun(fixture, options)
    try {
      for (const name of fixture.producers) await run.#openLane(name)
      if (fixture.producerIndexes.includes(-1)) await run.#openLane(unnamedProducer)
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
      rowCount: this.#fixture.rowCount,
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

  /** Why not everything was sent and acknowledged, unless it was told to stop or rows were refused. */
  get failure(): SlungError | null {
    return this.#failure
  }

  /** Sends everything, waits for what comes back, and closes the connections. Once. */
  async run(): Promise<void> {
    // So that whatever is waited for below comes to an end.
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
      // A runtime that has started anew gives other ids and has no live windows: better to start over as well.
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
    const { timestamps, arrives, values, lines, seriesIndexes, producerIndexes, series } = this.#fixture
    const rows = orderByArrival(this.#fixture)
    const firstArrives = arrives[rows[0]!]!
    let previous: Lane | null = null
    for (const [position, row] of rows.entries()) {
      await this.#waitUntil(dueMillis(arrives[row]!, firstArrives, this.#options.pace))
      const lane = this.#laneOf(producerIndexes[row]!)
      if (previous !== null && lane !== previous) await previous.client.flushed()
      previous = lane
      if (position % rowsPerTurn === 0) {
        await setImmediate()
        await lane.client.ready(rowsPerTurn)
      }
      if (this.#stop.aborted) return
      const { name, tags } = series[seriesIndexes[row]!]!
      lane.lines.push(lines[row]!)
      lane.client.send({ series: name, tags, timestamp: timestamps[row]!, value: values[row]! })
    }
  }

  /** @param producerIndex - −1 = a row without a producer */
  #laneOf(producerIndex: number): Lane {
    return this.#lanes[producerIndex < 0 ? this.#lanes.length - 1 : producerIndex]!
  }

  /** Returns when so much time has passed since the start, or at once when stopped. */
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
      // Told to stop; whoever called looks.
    }
  }

  /** Keeps the first failure, and ends everything. */
  #note(error: unknown): void {
    if (!(error instanceof SlungError)) throw error
    // What is cut short when told to stop is no failure.
    if (this.#failure === null && !this.#options.stop.aborted) this.#failure = error
    this.#failed.abort()
  }

  async #close(timeoutMillis: number): Promise<void> {
    await Promise.allSettled(this.#lanes.map(({ client }) => client.close({ timeoutMillis })))
  }
}

/** A connection and the lines of the rows that were sent on it, in order: the ordinals of its events are indexes, from 1. */
interface Lane {
  readonly client: SlungClient
  readonly lines: number[]
}
