/**
 * Compares the writebacks a test expects with those that came.
 *
 * The sequence is exact unless the test loosens it in writing; each single writeback is compared by `matchesWriteback`.
 * The pairs are made for a reader: a missing or extra writeback is one line of a report and does not shift the others.
 */
import type { Writeback } from '@slung/runtime'
import type { CausedEntry } from '../run/replay-run.ts'
import { alignInOrder, assignInAnyOrder, type Fit, type Pairing } from './align.ts'
import type { Difference } from './match-value.ts'
import { kindOf, matchesWriteback, type ExpectedWriteback } from './expected-writeback.ts'

export interface ComparisonOptions {
  /** Names by connection id, as in `ReplayRun.producers`. */
  readonly producers: ReadonlyMap<number, string>
  /** Whether the order does not matter. Default false. */
  readonly anyOrder?: boolean
  /** Whether other writebacks may come before, between and after the expected ones. Default false. */
  readonly atLeast?: boolean
}

export interface Comparison {
  /** Whether everything expected came and nothing else did (other than allowed by `atLeast`). */
  readonly matches: boolean
  readonly expectedCount: number
  readonly actualCount: number
  /**
   * All expected and actual writebacks, each once: in order, or with `anyOrder` as they came and then the missing ones.
   */
  readonly pairs: readonly ComparedPair[]
}

/** `index` is the position among the expected writebacks, `position` that among those that came; both 0-based. */
export type ComparedPair = Match | Mismatch | Missing | Unexpected | Allowed

interface Wanted {
  readonly index: number
  readonly expected: ExpectedWriteback
}

interface Came {
  readonly position: number
  readonly actual: CausedEntry<Writeback>
}

export interface Match extends Wanted, Came {
  readonly kind: 'match'
}

/** Two that probably belong together: the same kind, and right in what it is about or in what it says. */
export interface Mismatch extends Wanted, Came {
  readonly kind: 'mismatch'
  readonly differences: readonly Difference[]
}

export interface Missing extends Wanted {
  readonly kind: 'missing'
}

export interface Unexpected extends Came {
  readonly kind: 'unexpected'
}

/** One of the others that `atLeast` allows. */
export interface Allowed extends Came {
  readonly kind: 'allowed'
}

/**
 * Pure. Throws what `matchesWriteback` throws for a malformed expected writeback, even when there is nothing to
 * compare it with.
 */
export function compareTimeline(
  expected: readonly ExpectedWriteback[],
  actual: readonly CausedEntry<Writeback>[],
  options: ComparisonOptions,
): Comparison {
  for (const writeback of expected) kindOf(writeback)
  const fit: Fit = (index, position) => {
    const wanted = expected[index]!
    const came = actual[position]!
    return fitOf(wanted, came, matchesWriteback(wanted, came, options.producers))
  }
  const pair = options.anyOrder === true ? assignInAnyOrder : alignInOrder
  const pairing = pair(expected.length, actual.length, fit)
  const pairs = listPairs(expected, actual, pairing, options)
  return {
    matches: pairs.every(({ kind }) => kind === 'match' || kind === 'allowed'),
    expectedCount: expected.length,
    actualCount: actual.length,
    pairs,
  }
}

/**
 * A mismatch counts at most one half, so that no two of them are worth giving up a match for. One that is about the
 * same (the series, the request, the producer) counts more than any that only says the same at the same time: a reader
 * looks for what became of the writeback, not for what else came then.
 */
function fitOf(expected: ExpectedWriteback, actual: Writeback, differences: readonly Difference[]): number {
  if (differences.length === 0) return 1
  const isAbout = kindOf(expected)
  if (isAbout !== actual.kind) return 0
  const isAside = (path: string): boolean => path === isAbout || path === 'at' || path === 'status'
  const isRightAbout = differences.every(({ path }) => path !== isAbout)
  const saysSomething = ['json', 'text', 'value', 'tags', 'timestamp'].some((key) => key in expected)
  const isRightSaying = saysSomething && differences.every(({ path }) => isAside(path))
  const nearness = 1 / (1 + differences.length)
  return isRightAbout ? 1 / 4 + nearness / 2 : isRightSaying ? nearness / 4 : 0
}

function listPairs(
  expected: readonly ExpectedWriteback[],
  actual: readonly CausedEntry<Writeback>[],
  pairing: Pairing,
  { producers, anyOrder = false, atLeast = false }: ComparisonOptions,
): ComparedPair[] {
  const indexes = new Map(Array.from(pairing, (position, index) => [position, index]))
  const pairs: ComparedPair[] = []
  let next = 0
  const listMissing = (): void => {
    for (; next < expected.length && pairing[next] === -1; next++) {
      pairs.push({ kind: 'missing', index: next, expected: expected[next]! })
    }
  }
  for (const [position, came] of actual.entries()) {
    if (!anyOrder) listMissing()
    const index = indexes.get(position)
    if (index === undefined) {
      pairs.push({ kind: atLeast ? 'allowed' : 'unexpected', position, actual: came })
      continue
    }
    if (!anyOrder) next = index + 1
    const wanted = expected[index]!
    const differences = matchesWriteback(wanted, came, producers)
    const common = { index, expected: wanted, position, actual: came }
    pairs.push(differences.length === 0 ? { kind: 'match', ...common } : { kind: 'mismatch', ...common, differences })
  }
  for (; next < expected.length; next++) listMissing()
  return pairs
}
