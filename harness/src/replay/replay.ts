/** `replay()`: the door for tests written in TypeScript. */
import { relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'
import { parseHeaderRule, type Micros, type StateValues } from '@slung/runtime'
import type { RowsInput } from '../run/input-row.ts'
import type { FixtureSource } from '../input/read-fixture.ts'
import { readInputs, type InputSource } from '../input/read-input.ts'
import { callerFolder } from '../run/caller-folder.ts'
import { badOption, checkKeys, readDuration, readTime } from '../run/read-options.ts'
import { findStateProblem, stateOfTexts } from '../run/state-values.ts'
import { parseTimeOrOffset, type TimeOrOffset } from '../run/time-or-offset.ts'
import { recordCoverage } from '../coverage/record-coverage.ts'
import { withGuestThread } from './guest-threads.ts'
import { loadWorkflow } from './load-workflow.ts'
import {
  findPassageProblem,
  passageOfTimeDefault,
  type Delivery,
  type RequestedPassageOfTime,
} from '../run/passage-of-time.ts'
import { openHttpDoor, type HttpAnswers } from './msw-door.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { requestedTraceFile } from './requested-traces.ts'
import { runReplay, type ReplayJob } from './run-replay.ts'
import { writeTrace } from '../trace/trace-writer.ts'

export interface ReplayOptions {
  /** What arrives, in all forms: fixture CSVs, series written down, rows. */
  readonly input: ReplayInput | readonly ReplayInput[]
  /** What answers HTTP writebacks; see `HttpAnswers`. */
  readonly http?: HttpAnswers
  /**
   * When the workflow starts: µs, RFC 3339 or `YYYY-MM-DD hh:mm:ss` (UTC). Rows that arrive earlier are in the store by
   * then. Default: the arrival of the first row.
   */
  readonly start?: Micros | string
  /** Longest virtual time that passes in a poll without a row, such as `1s`. Default: until the next row. */
  readonly tick?: string
  /** The most ticks of a run; each costs a poll. Default 10,000,000. */
  readonly ticksMax?: number
  /** When the run ends: a time, or `+10m` after the last row. Default: with the last row. */
  readonly until?: Micros | string
  /** Whether Events queue up for a slow guest, or only the latest of each handle is kept. Default `queue`. */
  readonly delivery?: Delivery
  /** Processor time a guest may use between two polls before it counts as stuck. Default 10,000. */
  readonly watchdogMillis?: number
  /** Real time that your HTTP answers may take, each. Default 30,000: half of what `slung-test` gives a test. */
  readonly answerMillis?: number
  /** Seed of the guest's random numbers. Default 1. */
  readonly seed?: number
  /** The guest's environment variables. Default none. */
  readonly environment?: Readonly<Record<string, string>>
  /** What the workflow remembers, by key; a text is its UTF-8 bytes. Default nothing. */
  readonly state?: ReadonlyMap<string, Uint8Array> | Readonly<Record<string, string>>
  /** Headers that the host adds to requests, by a pattern of their URLs, as `[[http.with]]` of `slung.toml` does. */
  readonly headers?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** A file for every call of the workflow; see the traces of `slung-test`. Default: none, or as its `--trace` says. */
  readonly trace?: string | URL
}

export type ReplayInput = string | URL | FixtureInput | SeriesInput | RowsInput

/** A fixture CSV with what it has no column for. */
export type FixtureInput = Omit<FixtureSource, 'csv'> & { readonly csv: string | URL }

/**
 * Series by name, with their values in promtool's notation.
 *
 * @example { 'temp{sensor=1, producer=edge-a}': { every: '10s', values: '20+0.1x360 _x6 41' } }
 */
export interface SeriesInput {
  readonly [key: string]: { readonly every: string; readonly values: string | number }
}

/**
 * Replays fixtures through a workflow in virtual time and returns everything it did.
 *
 * Relative paths are resolved against the file that calls `replay`. Everything the guest does wrong (a trap, an endless
 * loop) is an outcome of the run; only input that cannot be run throws.
 *
 * @param workflow - the `.wasm` file
 * @throws {SlungError} `bad-module` or `bad-fixture`, with every problem and its remedy
 * @throws {TypeError} for unknown options; what your HTTP answers throw passes through
 *
 * @example
 * const run = await replay('build/threshold-alert.wasm', { input: 'fixtures/hot.csv', http: 'ok' })
 * expect(run).toHaveWrittenBack({ ws: 'edge-a', text: 'ALERT: threshold exceeded' })
 */
export function replay(workflow: string | URL, options: ReplayOptions): Promise<ReplayRun> {
  // The call site is known only synchronously; index 1 is the caller of this function.
  const base = callerFolder(getCallSites(2)[1]?.scriptName)
  return replayFrom(base, workflow, options)
}

const optionKeys = [
  'input',
  'http',
  'start',
  'tick',
  'ticksMax',
  'until',
  'delivery',
  'watchdogMillis',
  'answerMillis',
  'seed',
  'environment',
  'headers',
  'state',
  'trace',
]

/** Not only types: tests are often not type-checked before they run. */
function checkOptions(options: ReplayOptions): void {
  checkKeys('replay', options, optionKeys)
  if (options.input === undefined || [options.input].flat().length === 0) {
    throw new TypeError('cannot replay: the option "input" names no fixture, expected at least one')
  }
  const { http } = options
  if (http !== undefined && !Array.isArray(http) && !['ok', 'deny', 'fetch'].some((word) => word === http)) {
    throw badOption('replay', 'the option "http"', http, 'a list of MSW handlers, ok, deny or fetch')
  }
  if (options.delivery !== undefined && !['queue', 'latest'].includes(options.delivery)) {
    throw badOption('replay', 'the option "delivery"', options.delivery, 'queue or latest')
  }
  for (const name of ['watchdogMillis', 'answerMillis'] as const) {
    const millis = options[name]
    if (millis !== undefined && !(millis > 0)) {
      throw new RangeError(`cannot replay: ${name} is ${millis}, expected a number above 0`)
    }
  }
}

async function replayFrom(base: string, workflow: string | URL, options: ReplayOptions): Promise<ReplayRun> {
  checkOptions(options)
  const passage = readPassageOfTime(options)
  const guest = await loadWorkflow(relative(process.cwd(), toPath(base, workflow)))
  const inputs = ([options.input].flat() as readonly ReplayInput[]).flatMap((input) => toSources(base, input))
  const fixtures = await readInputs(inputs, passage.start)
  const perform = (watch: Pick<ReplayJob, 'onTrace'>): Promise<ReplayRun> =>
    withGuestThread((thread) =>
      runReplay(thread, {
        guest,
        fixtures,
        http: openHttpDoor(options.http),
        passage,
        ...(options.watchdogMillis !== undefined && { watchdogMillis: options.watchdogMillis }),
        ...(options.answerMillis !== undefined && { answerMillis: options.answerMillis }),
        ...(options.environment !== undefined && { environment: options.environment }),
        ...(options.state !== undefined && { state: toState(options.state) }),
        headers: Object.entries(options.headers ?? {}).map(([url, headers]) => parseHeaderRule({ url, headers })),
        ...watch,
      }),
    )
  const trace = options.trace === undefined ? requestedTraceFile() : toPath(base, options.trace)
  const run = await (trace === null ? perform({}) : writeTrace(trace, guest, (onTrace) => perform({ onTrace })))
  recordCoverage(guest, run)
  return run
}

function readPassageOfTime({ start, tick, ticksMax, until, delivery, seed }: ReplayOptions): RequestedPassageOfTime {
  const passage: RequestedPassageOfTime = {
    start: start === undefined ? null : readTime('replay', 'the option "start"', start),
    tick: tick === undefined ? null : readDuration('replay', 'the option "tick"', tick),
    ticksMax: ticksMax ?? passageOfTimeDefault.ticksMax,
    until: until === undefined ? null : readUntil(until),
    delivery: delivery ?? passageOfTimeDefault.delivery,
    seed: seed ?? passageOfTimeDefault.seed,
  }
  const problem = findPassageProblem(passage)
  if (problem !== null) throw new TypeError(`cannot replay: the option ${problem}`)
  return passage
}

function readUntil(until: Micros | string): TimeOrOffset {
  const time = parseTimeOrOffset(String(until))
  if (time !== null) return time
  throw badOption('replay', 'the option "until"', until, 'a time such as 2026-01-01T00:00:00Z, or +10m')
}

function toSources(base: string, input: ReplayInput): InputSource[] {
  if (typeof input === 'string' || input instanceof URL) return [{ csv: toPath(base, input) }]
  if (isRows(input)) return [input]
  if (isFixture(input)) return [{ ...input, csv: toPath(base, input.csv) }]
  return Object.entries(input).map(([key, { every, values }]) => ({
    key,
    everyMicros: readDuration('replay', `the option "input ${key}"`, every),
    values: String(values),
    file: key,
    line: 1,
  }))
}

// A series may be called `rows` or `csv`, but then it has no such value.
function isRows(input: FixtureInput | SeriesInput | RowsInput): input is RowsInput {
  return 'rows' in input && Array.isArray(input.rows)
}

function isFixture(input: FixtureInput | SeriesInput): input is FixtureInput {
  return typeof input.csv === 'string' || input.csv instanceof URL
}

/** @throws {TypeError} for what no workflow can remember */
function toState(given: NonNullable<ReplayOptions['state']>): StateValues {
  const state = given instanceof Map ? (given as StateValues) : stateOfTexts(given as Readonly<Record<string, string>>)
  const problem = findStateProblem(state)
  if (problem !== null) throw new TypeError(`cannot replay: the option "state": ${problem}`)
  return state
}

function toPath(base: string, path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : resolve(base, path)
}
