/**
 * `npm run soak -- kill [rounds] [seed]`: kills a runtime again and again while it takes events. Nothing acknowledged is
 * missing, nothing is stored twice. It continues after an interruption only from the start: the directory is new.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { killRounds } from '../../test/kill-rounds.ts'

/** Few: a thousand rounds take as long as a thousand starts. */
const eventsMax = 2000

export async function soak(args: readonly string[]): Promise<void> {
  const rounds = Number(args[0] ?? 1000)
  const seed = Number(args[1] ?? Date.now() % 1e6)
  console.log(`seed ${seed}`)
  const folder = await mkdtemp(join(tmpdir(), 'slung-kill-'))
  // Most of a round is starting the runtime: what it compiles is kept.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled')
  const begin = performance.now()
  const seconds = (): number => Math.round((performance.now() - begin) / 1000)
  try {
    const { acknowledged, surplus } = await killRounds(join(folder, 'data'), rounds, new SeededRandom(seed), {
      eventsMax,
      onRound: (round) => {
        if (round % 100 === 0) console.log(`${round} rounds, ${seconds()} s`)
      },
    })
    console.log(
      `killed ${rounds} times in ${seconds()} s: ${acknowledged} events acknowledged, ` +
        `none missing, none twice (${surplus} were there beyond that)`,
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
