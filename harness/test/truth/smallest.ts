/** Makes a scenario that breaks the law smaller, as long as it still does. */
import fc from 'fast-check'
import type { PairMaker } from './pair.ts'
import type { PairResult } from './pair-result.ts'
import { scenarios, type Scenario } from './scenario.ts'

export interface Smallest {
  readonly scenario: Scenario
  readonly result: PairResult
  /** How many smaller ones were tried. */
  readonly attempts: number
}

const millisMax = 60_000

const parametersOf = (seed: number) => ({ seed, numRuns: 1, unbiased: true })

/** The scenario of a seed. */
export function scenarioOf(seed: number): Scenario {
  return fc.sample(scenarios, parametersOf(seed))[0]!
}

/** For a minute at most. @param attemptsMax - how many smaller ones to try at most */
export async function findSmallest(seed: number, maker: PairMaker, attemptsMax: number): Promise<Smallest | null> {
  let smallest: Smallest | null = null
  let attempts = 0
  const end = performance.now() + millisMax
  await fc.check(
    fc.asyncProperty(scenarios, async (scenario) => {
      if (attempts++ > attemptsMax || performance.now() > end) return true
      const result = await maker.make(scenario)
      // Each one that breaks it is smaller than the last.
      if (result.differences.length > 0) smallest = { scenario, result, attempts }
      return result.differences.length === 0
    }),
    parametersOf(seed),
  )
  return smallest
}
