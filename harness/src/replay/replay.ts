/** `replay()`: the door for tests written in TypeScript. */
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getCallSites } from 'node:util'
import { loadGuest, suggest } from '@slung/runtime'
import { withGuestThread } from './guest-threads.ts'
import { openHttpDoor, type HttpAnswers } from './msw-door.ts'
import { readFixture, type FixtureSource } from './read-fixture.ts'
import type { ReplayRun } from './replay-run.ts'
import { runReplay, seedDefault, watchdogMillisDefault } from './run-replay.ts'

export interface ReplayOptions {
  /** Fixture CSVs: paths, or paths with what the CSV has no column for. */
  readonly input: FixtureInput | readonly FixtureInput[]
  /** What answers HTTP writebacks; see `HttpAnswers`. */
  readonly http?: HttpAnswers
  /** Processor time a guest may use between two polls before it counts as stuck. Default 10,000. */
  readonly watchdogMillis?: number
  /** Decides what the guest's random numbers are. Default 1. */
  readonly seed?: number
  /** What the guest sees as its environment variables. Default none. */
  readonly environment?: Readonly<Record<string, string>>
}

export type FixtureInput = string | URL | (Omit<FixtureSource, 'csv'> & { readonly csv: string | URL })

/**
 * Replays fixtures through a workflow in virtual time and tells everything it did.
 *
 * Relative paths are resolved against the file that calls `replay`. Whatever the guest does wrong (a trap, an endless loop)
 * is an outcome of the run; only input that cannot be run throws.
 *
 * @param workflow - the `.wasm` file
 * @throws {SlungError} `bad-module` or `bad-fixture`, with every problem and its remedy
 * @throws {TypeError} for options that are not there; what an HTTP answer of yours throws comes through as it is
 *
 * @example
 * const run = await replay('build/threshold-alert.wasm', { input: 'fixtures/hot.csv', http: 'ok' })
 * expect(run).toHaveWrittenBack({ ws: 'edge-a', text: 'ALERT: threshold exceeded' })
 */
export function replay(workflow: string | URL, options: ReplayOptions): Promise<ReplayRun> {
  // The call site is known only synchronously; index 1 is the caller of this function.
  const base = directoryOf(getCallSites(2)[1]?.scriptName)
  return replayFrom(base, workflow, options)
}

/** Not only types: tests are often not type-checked before they run. */
function checkOptions(options: ReplayOptions): void {
  const known = ['input', 'http', 'watchdogMillis', 'seed', 'environment']
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const meant = suggest(key, known)
    const hint = meant === null ? `known are ${known.join(', ')}` : `did you mean "${meant}"?`
    throw new TypeError(`cannot replay: unknown option "${key}", ${hint}`)
  }
  if (options.input === undefined || [options.input].flat().length === 0) {
    throw new TypeError('cannot replay: the option "input" names no fixture, expected at least one')
  }
  const { http } = options
  if (http !== undefined && !Array.isArray(http) && !['ok', 'deny', 'fetch'].some((word) => word === http)) {
    throw new TypeError(
      `cannot replay: the option "http" is ${JSON.stringify(http)}, expected a list of MSW handlers, ok, deny or fetch`,
    )
  }
  if (options.watchdogMillis !== undefined && !(options.watchdogMillis > 0)) {
    throw new RangeError(`cannot replay: watchdogMillis is ${options.watchdogMillis}, expected a number above 0`)
  }
}

async function replayFrom(base: string, workflow: string | URL, options: ReplayOptions): Promise<ReplayRun> {
  checkOptions(options)
  const guest = await loadGuest(relative(process.cwd(), toPath(base, workflow)))
  const inputs = [options.input].flat() as readonly FixtureInput[]
  const fixtures = await Promise.all(inputs.map((input) => readFixture(toSource(base, input))))
  return await withGuestThread((thread) =>
    runReplay(thread, {
      guest,
      fixtures,
      http: openHttpDoor(options.http),
      watchdogMillis: options.watchdogMillis ?? watchdogMillisDefault,
      seed: options.seed ?? seedDefault,
      environment: options.environment ?? {},
    }),
  )
}

function toSource(base: string, input: FixtureInput): FixtureSource {
  if (typeof input === 'string' || input instanceof URL) return { csv: toPath(base, input) }
  return { ...input, csv: toPath(base, input.csv) }
}

function toPath(base: string, path: string | URL): string {
  return path instanceof URL ? fileURLToPath(path) : resolve(base, path)
}

function directoryOf(script: string | undefined): string {
  if (script === undefined || script === '') return process.cwd()
  return dirname(script.startsWith('file:') ? fileURLToPath(script) : script)
}
