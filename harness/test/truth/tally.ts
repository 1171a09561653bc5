/** Counts what the pairs of many scenarios did, and which kinds of scenarios broke the law. */
import { featureNames, featuresOf, type Feature } from './features.ts'
import { noFacts, type PairFacts, type PairResult } from './pair-result.ts'
import { operations } from './program.ts'
import type { Scenario } from './scenario.ts'

interface Count {
  held: number
  readonly broken: number[]
}

export class Tally {
  readonly total: { -readonly [Name in keyof PairFacts]: PairFacts[Name] } = { ...noFacts }
  /** As in `PairResult`. */
  readonly executed: number[] = operations.map(() => 0)
  /** Seeds whose scenarios broke the law. */
  readonly broken: number[] = []
  readonly #kinds = new Map<string, number[]>()
  readonly #combinations = new Map<string, Count>()

  add(seed: number, scenario: Scenario, { differences, facts, executed }: PairResult): void {
    for (const [operation, count] of executed.entries()) this.executed[operation]! += count
    for (const name of Object.keys(facts) as (keyof PairFacts)[]) this.total[name] += facts[name]
    const count = this.#countOf(featuresOf(scenario))
    if (differences.length === 0) {
      count.held++
      return
    }
    count.broken.push(seed)
    this.broken.push(seed)
    for (const { kind } of differences) this.#kinds.set(kind, [...(this.#kinds.get(kind) ?? []), seed])
  }

  /** Which kinds of differences there were, and for each hard thing how often scenarios with it held. */
  describe(): string {
    const kinds = [...this.#kinds].sort(([, one], [, other]) => other.length - one.length)
    const combinations = [...this.#combinations].sort(([one], [other]) => sizeOf(one) - sizeOf(other))
    return [
      'differences (in staging / in the replay):',
      ...kinds.map(([kind, seeds]) => `  ${seeds.length} × ${kind}: seeds ${seeds.slice(0, 5).join(', ')}`),
      'what scenarios have, and how often the law held for those:',
      ...featureNames.map((feature) => `  ${feature}: ${this.#shareOf(feature)}`),
      'the simplest that broke it:',
      ...combinations
        .filter(([, { broken }]) => broken.length > 0)
        .slice(0, 12)
        .map(([key, { held, broken }]) => {
          const count = `${broken.length} of ${held + broken.length}`
          return `  ${count} with ${key || 'nothing special'}: seeds ${broken.slice(0, 5).join(', ')}`
        }),
    ].join('\n')
  }

  #countOf(features: ReadonlySet<Feature>): Count {
    const key = featureNames.filter((name) => features.has(name)).join(' + ')
    const count = this.#combinations.get(key) ?? { held: 0, broken: [] }
    this.#combinations.set(key, count)
    return count
  }

  #shareOf(feature: Feature): string {
    const counts = [...this.#combinations].flatMap(([key, count]) =>
      key.split(' + ').includes(feature) ? [count] : [],
    )
    const held = counts.reduce((sum, count) => sum + count.held, 0)
    return `${held} of ${counts.reduce((sum, { broken }) => sum + broken.length, held)}`
  }
}

function sizeOf(key: string): number {
  return key === '' ? 0 : key.split(' + ').length
}
