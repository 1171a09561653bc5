/** How a replay treats time and delivery, which changes what a spec means: every report names it. */
import { formatDuration, formatTimestamp, SlungError, type Micros } from '@slung/runtime'
import { farTimeProblem, type Arrivals } from './far-time.ts'
import { resolveTime, type TimeOrOffset } from './time-or-offset.ts'

/**
 * How Events reach a slow guest: `queue` keeps them in order, as staging does; `latest` keeps one for each handle, in
 * which all others coalesce.
 */
export type Delivery = 'queue' | 'latest'

/** What a spec or a test asks for. */
export interface RequestedPassageOfTime {
  /** When the workflow starts; `null` = when the first row arrives. */
  readonly start: Micros | null
  /** The most microseconds (≥ 1) that pass in a poll without a row; `null` = no limit. */
  readonly tick: Micros | null
  /** The most ticks (≥ 1) that a run may take: each costs a poll. */
  readonly ticksMax: number
  /** An offset counts from the arrival of the last row. `null` = the run ends with its input. */
  readonly until: TimeOrOffset | null
  readonly delivery: Delivery
  /** Of the guest's random numbers and of faults. */
  readonly seed: number
}

export const passageOfTimeDefault: RequestedPassageOfTime = {
  start: null,
  tick: null,
  // Some ten seconds, for a workflow that only polls.
  ticksMax: 10_000_000,
  until: null,
  delivery: 'queue',
  seed: 1,
}

/** The same, once the input is known. */
export interface PassageOfTime {
  readonly start: Micros
  readonly tick: Micros | null
  readonly until: Micros | null
  readonly delivery: Delivery
  readonly seed: number
}

/** When a run without rows starts, and the first sample of a series in a spec. */
export const startDefault: Micros = Date.UTC(2026, 0, 1) * 1000

/** @returns what is wrong with them for any input, as the rest of a sentence; `null` when nothing is */
export function findPassageProblem({ start, tick, ticksMax, until, seed }: RequestedPassageOfTime): string | null {
  if (tick !== null && tick < 1) return '"tick" is 0, expected a duration above 0, such as 1s'
  if (!Number.isSafeInteger(ticksMax) || ticksMax < 1)
    return `"ticksMax" is ${ticksMax}, expected a whole number from 1`
  if (!Number.isSafeInteger(seed)) return `"seed" is ${seed}, expected a whole number`
  if (start !== null && until !== null && 'at' in until && until.at < start) {
    return '"until" is before "start", expected a later time'
  }
  return null
}

/**
 * Refuses a start or an end that is decades away from the input.
 *
 * @throws {SlungError} `far-time`
 */
export function checkNearby({ start, until }: RequestedPassageOfTime, arrivals: Arrivals | null): void {
  if (arrivals === null) return
  const times = { start, until: until !== null && 'at' in until ? until.at : null }
  for (const [name, time] of Object.entries(times)) {
    const problem = time === null ? null : farTimeProblem(time, arrivals)
    if (problem !== null) throw new SlungError('far-time', `cannot replay: "${name}" is ${problem}`)
  }
}

/** @param arrives - of all rows before anything disturbs them, ascending */
export function resolveStart({ start }: RequestedPassageOfTime, arrives: Float64Array): Micros {
  return start ?? arrives[0] ?? startDefault
}

/**
 * @param arrives - of all rows as they are replayed, ascending
 * @throws {SlungError} `bad-until` for an end before the start that follows from the input, `too-many-ticks`
 */
export function resolvePassageOfTime(
  requested: RequestedPassageOfTime,
  start: Micros,
  arrives: Float64Array,
): PassageOfTime {
  const { tick, delivery, seed } = requested
  const until = resolveUntil(requested, start, arrives)
  if (until !== null && until < start) {
    throw new SlungError(
      'bad-until',
      `cannot replay until ${formatTimestamp(until)}: the first row arrives at ${formatTimestamp(start)}, expected a later time`,
    )
  }
  const end = until ?? arrives.at(-1) ?? start
  // Rows take the place of ticks, where they are dense.
  if (tick !== null) checkTicks(tick, start, end, requested.ticksMax, arrives.length)
  return { start, tick, until, delivery, seed }
}

function checkTicks(tick: Micros, start: Micros, end: Micros, most: number, rowCount: number): void {
  const count = Math.floor((end - start) / tick)
  if (count - rowCount <= most) return
  throw new SlungError(
    'too-many-ticks',
    `cannot replay with a tick of ${formatDuration(tick)} from ${formatTimestamp(start)} until ${formatTimestamp(end)}: ` +
      `these are ${count.toLocaleString('en')} ticks, expected at most ${most.toLocaleString('en')}; take a longer tick or an ` +
      'earlier end, or raise "ticks_max" of the spec, ticksMax of replay() or --ticks-max',
  )
}

function resolveUntil({ until }: RequestedPassageOfTime, start: Micros, arrives: Float64Array): Micros | null {
  return until === null ? null : resolveTime(until, Math.max(start, arrives.at(-1) ?? start))
}
