/** The samples of a batch, by chance: late, repeated, at the same time as others. */
import type { SeededRandom } from '@slung/runtime/testing'
import { seriesNames, tagSets, type BatchPlan } from './scenario.ts'

export interface OutgoingSample {
  readonly series: string
  readonly tags: readonly string[]
  readonly timestamp: number
  readonly value: number
}

export function samplesOf(
  { count, seriesMax, lateSeconds }: BatchPlan,
  now: number,
  random: Pick<SeededRandom, 'below'>,
): OutgoingSample[] {
  const first = random.below(seriesNames.length * tagSets.length)
  return Array.from({ length: count }, () => {
    const series = (first + random.below(seriesMax)) % (seriesNames.length * tagSets.length)
    const late = lateSeconds === 0 ? 0 : random.below(lateSeconds * 4 + 1) * 250_000
    // To the second, so that many are equal; a quarter is to the millisecond.
    const resolution = random.below(4) === 0 ? 1000 : 1_000_000
    return {
      series: seriesNames[series % seriesNames.length]!,
      tags: tagSets[Math.floor(series / seriesNames.length)]!,
      timestamp: Math.floor((now - late) / resolution) * resolution,
      value: valueOf(random),
    }
  })
}

function valueOf(random: Pick<SeededRandom, 'below'>): number {
  switch (random.below(4)) {
    case 0:
      return random.below(12)
    case 1:
      return random.below(1000) / 10 - 20
    case 2:
      return (random.below(2_000_000) - 1_000_000) / 1000
    default:
      return random.below(100) / 3
  }
}
