/**
 * Generators of input: `series.walk(…)` and the others. Each is an Arbitrary of fast-check; its values are inputs for
 * `replay`.
 *
 * An input that makes a property fail shrinks to few rows, which keep their times, and to plain values. So a shrunk
 * walk may no longer be a walk: its rows and values may be far apart.
 */
import type { Arbitrary, Random } from 'fast-check'
import type { RowsInput } from '../run/input-row.ts'
import { checkKeys, checkNumbers, readDuration } from '../run/read-options.ts'
import { decimalsWithin, roundTo } from './decimals.ts'
import type { Draft, ValueRange } from './draft.ts'
import { arrivalOf, drawFrom, inOrder, RowsArbitrary } from './rows-arbitrary.ts'
import { planStream, readShare, type Share, type StreamOptions, type StreamPlan } from './stream-plan.ts'

/** Both inclusive. */
export interface Bounds {
  readonly min: number
  readonly max: number
}

export type WalkOptions = StreamOptions &
  Bounds & { /** Longest step. Default: a twentieth of the range. */ readonly step?: number }

/**
 * A random walk: each value is at most one step away from the one before. At a bound it stays until a step leads back.
 *
 * @param key - name, tags and producer of the series
 * @throws {SlungError} `bad-series` and others for a malformed key
 * @throws {TypeError | RangeError} for options that make no series
 *
 * @example series.walk('temp{sensor=1, producer=edge-a}', { every: '10s', for: '6h', min: -20, max: 80, step: 2 })
 */
export function walk(key: string, options: WalkOptions): Arbitrary<RowsInput> {
  const plan = planStream(key, options, ['min', 'max', 'step'])
  const { min, max } = checkBounds(plan, options)
  const { step = (max - min) / 20 } = options
  checkNumbers(plan.action, { step })
  if (step <= 0) throw new RangeError(`cannot ${plan.action}: step is ${step}, expected a number above 0`)
  const decimals = decimalsWithin(Math.min(step, max - min))
  return generator(plan, { low: min, high: max, plain: min }, (random) => {
    let value = Number.NaN
    return () => {
      const next = Number.isNaN(value) ? between(random, min, max) : value + between(random, -step, step)
      value = within(min, max, roundTo(next, decimals))
      return value
    }
  })
}

/**
 * Unrelated values. One in ten is a bound itself: limits break there.
 *
 * @throws as `walk`
 */
export function values(key: string, options: StreamOptions & Bounds): Arbitrary<RowsInput> {
  const plan = planStream(key, options, ['min', 'max'])
  const { min, max } = checkBounds(plan, options)
  const decimals = decimalsWithin(max - min)
  return generator(plan, { low: min, high: max, plain: min }, (random) => () => {
    if (unit(random) < boundShare) return random.nextInt(0, 1) === 0 ? min : max
    return within(min, max, roundTo(between(random, min, max), decimals))
  })
}

export interface SpikesOptions {
  readonly base: number
  readonly spike: number
  /** How many of the rows are spikes, about. */
  readonly of: Share
}

/**
 * The base, and now and then a spike.
 *
 * @throws as `walk`
 *
 * @example series.spikes('load', { every: '1s', count: 600, base: 0, spike: 100, of: '1%' })
 */
export function spikes(key: string, options: StreamOptions & SpikesOptions): Arbitrary<RowsInput> {
  const plan = planStream(key, options, ['base', 'spike', 'of'])
  const { base, spike } = options
  checkNumbers(plan.action, { base, spike })
  const share = readShare(plan.action, 'of', options.of)
  const range = { low: Math.min(base, spike), high: Math.max(base, spike), plain: base }
  return generator(plan, range, (random) => () => (unit(random) < share ? spike : base))
}

export interface SeasonalOptions {
  /** `1d`. A series begins at a random place in its period. */
  readonly period: string
  readonly mean: number
  /** How far the wave goes up and down from the mean; at least 0. */
  readonly amplitude: number
  /** How far a value is off the wave at most; at least 0. */
  readonly noise: number
}

/**
 * A wave around a mean, with noise.
 *
 * @throws as `walk`
 */
export function seasonal(key: string, options: StreamOptions & SeasonalOptions): Arbitrary<RowsInput> {
  const plan = planStream(key, options, ['period', 'mean', 'amplitude', 'noise'])
  const { mean, amplitude, noise } = options
  checkNumbers(plan.action, { mean, amplitude, noise })
  if (amplitude < 0 || noise < 0 || amplitude + noise === 0) {
    const found = `amplitude is ${amplitude} and noise is ${noise}`
    throw new RangeError(`cannot ${plan.action}: ${found}, expected numbers from 0 that are not both 0`)
  }
  const periodMicros = readDuration(plan.action, 'period', options.period)
  const [low, high] = [mean - amplitude - noise, mean + amplitude + noise]
  const decimals = decimalsWithin(high - low)
  return generator(plan, { low, high, plain: mean }, (random) => {
    const phase = unit(random)
    return (index) => {
      const wave = amplitude * Math.sin(2 * Math.PI * (phase + (index * plan.everyMicros) / periodMicros))
      return within(low, high, roundTo(mean + wave + between(random, -noise, noise), decimals))
    }
  })
}

export interface GapsOptions {
  /** How much of the time is silent, about. */
  readonly of: Share
  /** Of one gap: `5min`. */
  readonly length: string
}

/**
 * Removes stretches of another input, from all its series together. At least one row stays.
 *
 * @throws {TypeError} for options that make no gaps
 *
 * @example series.gaps(series.walk('temp', { … }), { of: '10%', length: '5min' })
 */
export function gaps(inner: Arbitrary<RowsInput>, options: GapsOptions): Arbitrary<RowsInput> {
  const action = 'generate gaps'
  checkKeys(action, options, ['of', 'length'])
  const share = readShare(action, 'of', options.of)
  const lengthMicros = readDuration(action, 'length', options.length)
  return new RowsArbitrary((random) => {
    const drafts = drawFrom(inner, random)
    const [first, last] = [drafts[0], drafts.at(-1)]
    if (first === undefined || last === undefined) return drafts
    const begin = arrivalOf(first)
    const span = arrivalOf(last) - begin
    const gapCount = Math.min(drafts.length, Math.max(1, Math.round((share * span) / lengthMicros)))
    const starts = Array.from({ length: gapCount }, () => begin + unit(random) * span).sort((one, other) => one - other)
    let next = 0
    let silentUntil = Number.NEGATIVE_INFINITY
    const kept = drafts.filter((draft) => {
      for (; next < gapCount && starts[next]! <= arrivalOf(draft); next++) silentUntil = starts[next]! + lengthMicros
      return arrivalOf(draft) >= silentUntil
    })
    return kept.length > 0 ? kept : [first]
  })
}

/** Several series in one input, in order of time; ties in the order in which they are given. */
export function merge(...inners: readonly Arbitrary<RowsInput>[]): Arbitrary<RowsInput> {
  if (inners.length === 0) throw new TypeError('cannot merge series: none given, expected at least one')
  return new RowsArbitrary((random) => inOrder(inners.flatMap((inner) => drawFrom(inner, random))))
}

/** @param begin - starts one input and returns what gives the value of each of its rows, in order */
function generator(
  plan: StreamPlan,
  range: ValueRange,
  begin: (random: Random) => (index: number) => number,
): RowsArbitrary {
  return new RowsArbitrary((random) => {
    const valueAt = begin(random)
    return Array.from({ length: plan.rowCount }, (_, index): Draft => ({ row: plan.row(index, valueAt(index)), range }))
  })
}

function checkBounds({ action }: StreamPlan, { min, max }: Bounds): Bounds {
  checkNumbers(action, { min, max })
  if (min >= max) throw new RangeError(`cannot ${action}: min is ${min} and max is ${max}, expected min below max`)
  return { min, max }
}

/** At least 0 and below 1. */
function unit(random: Random): number {
  return random.nextInt(0, unitSteps - 1) / unitSteps
}

function between(random: Random, low: number, high: number): number {
  const share = unit(random)
  return low * (1 - share) + high * share
}

/** Rounding may lead out of a range. */
function within(low: number, high: number, value: number): number {
  return Math.min(high, Math.max(low, value))
}

const unitSteps = 2 ** 31
const boundShare = 0.1
