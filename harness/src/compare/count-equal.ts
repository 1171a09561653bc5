/** How much two runs have in common. */
import type { Writeback } from '@slung/runtime'
import type { CausedEntry, ReplayRun } from '../run/replay-run.ts'
import { alignInOrder } from './align.ts'
import { expectExactly } from './expect-exactly.ts'
import { matchesWriteback } from './expected-writeback.ts'

type Compared = Pick<ReplayRun, 'writebacks' | 'producers'>

/** How many writebacks of one run came at the same time in the other, with the same content. Answers are not compared. */
export function countEqual(one: Compared, other: Compared): number {
  const others = Map.groupBy(other.writebacks, ({ at }) => at)
  // Only those of one time can be equal, so there is no large number of pairs to weigh.
  return Map.groupBy(one.writebacks, ({ at }) => at)
    .entries()
    .reduce((sum, [at, left]) => {
      const right: readonly CausedEntry<Writeback>[] = others.get(at) ?? []
      const pairing = alignInOrder(left.length, right.length, (first, second) => {
        const expected = expectExactly(left[first]!, one.producers)
        return matchesWriteback(expected, right[second]!, other.producers).length === 0 ? 1 : 0
      })
      return sum + pairing.filter((partner) => partner >= 0).length
    }, 0)
}
