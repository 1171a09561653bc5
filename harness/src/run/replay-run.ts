/** The result of a replay: everything a test may look at. */
import type { PassageOfTime } from './passage-of-time.ts'
import type { GuestTrap, HttpMethod, Lag, LogEntry, Micros, Series, TimelineEntry, Writeback } from '@slung/runtime'

/**
 * How a run ended.
 *
 * - `drained`: all input was replayed and every Event polled
 * - `returned`: `call` returned (see `code`)
 * - `undelivered`: the input ended while a handle still held Events that the guest did not poll
 * - `runaway`: one row led to more output than a sane workflow produces
 * - `trapped`: the guest stopped abnormally (see `trap`)
 * - `stuck`: the watchdog stopped a guest that computed without polling
 */
export type ReplayOutcome = 'drained' | 'returned' | 'undelivered' | 'runaway' | 'trapped' | 'stuck'

/** An input row, for messages. */
export interface RowReference {
  /** The fixture, or the data directory, as it was named. */
  readonly file: string
  /** Its line in that file, from 1; 0 for a sample of a data directory. */
  readonly line: number
  readonly timestamp: Micros
  readonly arrives: Micros
  readonly series: Series
  readonly value: number
}

/** A request that no answer covered; each one fails the test. */
export interface UnansweredRequest {
  readonly at: Micros
  readonly method: HttpMethod
  readonly url: string
}

/** A timeline entry and the newest input row replayed when it was made; `null` before the first row. */
export type CausedEntry<Entry extends TimelineEntry = TimelineEntry> = Entry & { readonly cause: RowReference | null }

/** A live query that the guest subscribed to, as it wrote it, and whether any sample of the run matches it. */
export interface LiveQueryUse {
  readonly query: string
  readonly matched: boolean
}

/** A live query with Events that the guest left unpolled. */
export interface UndeliveredQuery {
  readonly query: string
  readonly count: number
}

export interface ReplayRun {
  /** The workflow as it was named. */
  readonly workflow: string
  readonly outcome: ReplayOutcome
  /** What `call` returned; `null` unless the outcome is `returned`. */
  readonly code: number | null
  /** Present exactly when the outcome is `trapped`. */
  readonly trap: GuestTrap | null
  readonly modes: PassageOfTime
  /** Virtual time at the end. */
  readonly at: Micros
  /** Input rows replayed, and how many there were. */
  readonly rows: number
  readonly rowsTotal: number
  /** Events the guest polled. */
  readonly delivered: number
  /** Events that were merged into a newer one because a queue was full. */
  readonly coalesced: number
  /** Samples that arrived behind the window of a live query. */
  readonly late: number
  /** The live queries, each text once; unknown when the guest got stuck. */
  readonly queries: readonly LiveQueryUse[]
  /** How far handles were behind because the workflow polled others instead; empty when none was. */
  readonly lags: readonly Lag[]
  /** What was left unpolled when the run ended as `undelivered`. */
  readonly undelivered: readonly UndeliveredQuery[]
  /** What the engine answered to the checks of the test; `null` where the clock did not reach one. */
  readonly answers: readonly (number | null)[]
  /** Size of the guest's memory at the end; 0 when the guest got stuck. */
  readonly memoryBytes: number
  /** Of the guest's memory at the end; `null` unless it was watched. */
  readonly memoryHash: string | null
  /** Real milliseconds from polling an Event to the next poll, without waiting; `null` unless watched. */
  readonly callbackMillis: Float64Array | null
  /**
   * What the workflow remembers, by key: as of its last poll, or as it left it when it returned 0. Pass it to another
   * replay to go on from here. Empty when the guest got stuck.
   */
  readonly state: ReadonlyMap<string, Uint8Array>
  /** Counts of probes, while coverage is measured; lost when the guest got stuck. */
  readonly coverage: Uint32Array | undefined
  /** All series of the input, in order of appearance. */
  readonly series: readonly Series[]
  /** Everything in order: writebacks and output. */
  readonly timeline: readonly CausedEntry[]
  /** The writebacks of `timeline`. */
  readonly writebacks: readonly CausedEntry<Writeback>[]
  /** The output lines of `timeline`. */
  readonly logs: readonly CausedEntry<LogEntry>[]
  readonly unanswered: readonly UnansweredRequest[]
  /**
   * Remarks on a run that is not wrong, but may not be what its author meant: a query that no sample matched, a workflow
   * that got no Event. One sentence each.
   */
  readonly notes: readonly string[]
  /** The newest row that had arrived at a time; the first row for earlier times, `null` without input. */
  readonly rowAround: (at: Micros) => RowReference | null
  /** Producer names by connection id (`producers.get(1) === 'edge-a'`). */
  readonly producers: ReadonlyMap<number, string>
}
