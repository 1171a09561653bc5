/** What commands that replay without a spec have in common: flags, and the fixtures of `replay` and `differ`. */
import {
  type Fixture,
  type GuestModule,
  expectedDuration,
  parseAssignment,
  parseDuration,
  parseTimestamp,
  parseTimeUnit,
  SlungError,
  type TimeUnit,
} from '@slung/runtime'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { parseWith } from './parse-with.ts'
import { readFixture, type FixtureSource } from '../input/read-fixture.ts'
import { withProgress } from '../run/progress.ts'
import { parseTimeOrOffset, type TimeOrOffset } from '../run/time-or-offset.ts'
import { withGuestThread } from '../replay/guest-threads.ts'
import { denyDoor, okDoor } from '../replay/http-door.ts'
import {
  findPassageProblem,
  passageOfTimeDefault,
  type Delivery,
  type RequestedPassageOfTime,
} from '../run/passage-of-time.ts'
import type { ReplayRun } from '../run/replay-run.ts'
import { runReplay, type ReplayJob } from '../replay/run-replay.ts'

export interface RunFlags {
  readonly http: 'ok' | 'deny'
  readonly env: Readonly<Record<string, string>>
  readonly tick?: number
  readonly ticksMax: number
  readonly delivery: Delivery
  readonly seed: number
}

export interface ReplayFlags extends RunFlags {
  readonly series?: string
  readonly tag: readonly string[]
  readonly producer?: string
  readonly timeUnit?: TimeUnit
  readonly start?: number
  readonly until?: TimeOrOffset
}

/** Adds the flags of `replay` and `differ`, which check their values. */
export function addReplayFlags(command: Command): Command {
  const withInput = command
    .option('--series <name>', 'series of rows whose CSV has no series column')
    .addOption(
      new Option('--tag <tag>', 'tag added to every row, such as sensor=1 (repeatable)')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--producer <name>', 'producer of rows whose CSV has no producer column')
    .option('--time-unit <unit>', 'unit of integer timestamps: s, ms, us or ns', parseWith(parseTimeUnit))
    .option('--start <time>', 'when the workflow starts; rows that arrive earlier are in the store by then', time)
    .option('--until <time>', 'when the run ends: a time, or +10m after the last row', timeOrOffset)
  return addRunFlags(withInput, 'deny')
}

/** Adds the flags that say how to run a workflow, over whatever samples. */
export function addRunFlags(command: Command, httpDefault: RunFlags['http']): Command {
  return command
    .addOption(
      new Option('--http <reply>', 'how HTTP requests are answered: 200 with an empty body, or not at all')
        .choices(['ok', 'deny'])
        .default(httpDefault),
    )
    .addOption(
      new Option('--env <key=value>', 'environment variable of the workflow (repeatable)')
        .argParser(parseWith(collectVariable))
        .default({}, 'none'),
    )
    .option('--tick <duration>', 'longest time that passes in a poll without a row, such as 1s', duration)
    .option('--ticks-max <number>', 'most ticks of the run', wholeNumber, passageOfTimeDefault.ticksMax)
    .addOption(
      new Option('--delivery <mode>', 'whether Events queue up, or only the latest of each query is kept')
        .choices(['queue', 'latest'])
        .default('queue'),
    )
    .option('--seed <number>', "seed of the workflow's random numbers", wholeNumber, passageOfTimeDefault.seed)
}

export async function readFixtures(files: readonly string[], flags: ReplayFlags): Promise<Fixture[]> {
  const options: Omit<FixtureSource, 'csv'> = {
    tags: flags.tag,
    ...(flags.series !== undefined && { series: flags.series }),
    ...(flags.producer !== undefined && { producer: flags.producer }),
    ...(flags.timeUnit !== undefined && { timeUnit: flags.timeUnit }),
  }
  return await withProgress(
    (seconds) => `reading ${files.join(', ')}: ${seconds} s`,
    () => Promise.all(files.map((csv) => readFixture({ csv, ...options }))),
  )
}

export async function replayFixtures(
  guest: GuestModule,
  fixtures: readonly Fixture[],
  { http, env, start, tick, ticksMax, until, delivery, seed }: RunFlags & Pick<ReplayFlags, 'start' | 'until'>,
  watch: Pick<ReplayJob, 'onTrace' | 'program'> = {},
): Promise<ReplayRun> {
  const passage: RequestedPassageOfTime = {
    start: start ?? null,
    tick: tick ?? null,
    ticksMax,
    until: until ?? null,
    delivery,
    seed,
  }
  const problem = findPassageProblem(passage)
  if (problem !== null) throw new SlungError('bad-modes', `cannot replay: ${problem}`)
  return await withGuestThread((thread) =>
    runReplay(thread, {
      guest,
      fixtures,
      http: http === 'ok' ? okDoor : denyDoor,
      environment: env,
      passage,
      ...watch,
    }),
  )
}

function collect(tag: string, tags: readonly string[]): string[] {
  return [...tags, tag]
}

function collectVariable(text: string, variables: Readonly<Record<string, string>>): Record<string, string> {
  const [name, value] = parseAssignment(text)
  return { ...variables, [name]: value }
}

function time(text: string): number {
  const micros = parseTimestamp(text)
  if (micros !== null) return micros
  throw new InvalidArgumentError('expected a time such as 2026-01-01T00:00:07Z')
}

/** Microseconds, at least 1. */
export function duration(text: string): number {
  const micros = parseDuration(text)
  if (micros !== null && micros > 0) return micros
  throw new InvalidArgumentError(`expected ${expectedDuration(text, 'a duration such as 10s')}`)
}

function timeOrOffset(text: string): TimeOrOffset {
  const value = parseTimeOrOffset(text)
  if (value !== null) return value
  throw new InvalidArgumentError('expected a time such as 2026-01-01T00:00:07Z, or +10m')
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError(`expected a whole number within ±${Number.MAX_SAFE_INTEGER}`)
}
