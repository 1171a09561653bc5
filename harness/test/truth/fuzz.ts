/**
 * `npm run fuzz -- truth`: makes pairs from one seed on, until the time is over or the law is broken.
 *
 * With `--all` it continues after a failure, and groups failures in the end.
 */
import { parseArgs } from 'node:util'
import { setup } from '../build-guests.ts'
import { describeFailure, describeScenario, describeSmallest } from './describe.ts'
import { PairMaker } from './pair.ts'
import { findSmallest, scenarioOf } from './smallest.ts'
import { Tally } from './tally.ts'

const attemptsMax = 600
const progressMillis = 10_000

/** @returns the exit code */
export async function fuzzTruth(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
      scenarios: { type: 'string', default: 'Infinity' },
      all: { type: 'boolean', default: false },
    },
  })
  const [seed, count] = [Number(values.seed), Number(values.scenarios)]
  const millis = Number(values.minutes ?? (count === Infinity ? 1 : Infinity)) * 60_000
  await setup()
  const maker = await PairMaker.open()
  try {
    return await fuzz(maker, { seed, count, millis, goesOn: values.all })
  } finally {
    await maker.close()
  }
}

interface Bounds {
  readonly seed: number
  /** Of scenarios. */
  readonly count: number
  readonly millis: number
  readonly goesOn: boolean
}

async function fuzz(maker: PairMaker, { seed, count, millis, goesOn }: Bounds): Promise<number> {
  const tally = new Tally()
  const began = performance.now()
  let told = began
  const tellProgress = (): void => {
    const { pairs, lines, samples, behind } = tally.total
    const rate = (pairs / (performance.now() - began)) * 1000
    console.log(
      `${pairs} pairs, ${rate.toFixed(1)} a second: ${samples} samples, ${lines} lines; ${behind} fell behind; ` +
        `${tally.broken.length} scenarios broke the law`,
    )
  }
  for (let next = seed; next < seed + count && performance.now() - began < millis; next++) {
    const scenario = scenarioOf(next)
    if (count === 1) console.log(describeScenario(scenario).join('\n'))
    const result = await maker.make(scenario).catch((error: unknown) => {
      console.log(`seed ${next}: it did not come to an end`)
      throw error
    })
    tally.add(next, scenario, result)
    if (result.differences.length > 0 && (!goesOn || count === 1)) {
      tellProgress()
      console.log(describeFailure(next, result.differences))
      console.log('looking for a smaller one …')
      const smallest = await findSmallest(next, maker, attemptsMax)
      console.log(smallest === null ? 'none was found' : describeSmallest(smallest))
      return 1
    }
    if (performance.now() - told > progressMillis) {
      told = performance.now()
      tellProgress()
    }
  }
  tellProgress()
  if (tally.broken.length === 0) return 0
  console.log(tally.describe())
  return 1
}
