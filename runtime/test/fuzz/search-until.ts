/** Looks for a broken promise by chance, for some minutes. */
import { parseArgs } from 'node:util'
import { SeededRandom } from '../../src/testing/seeded-random.ts'

/** How many are printed in full. */
const printedMax = 5

/**
 * @param args - `--minutes N` (1 if left out), `--seed N`
 * @param attempt - @returns what is broken, in words; `null` = nothing
 * @returns the exit code: 0 nothing was found
 */
export async function searchUntil(
  name: string,
  args: readonly string[],
  attempt: (random: SeededRandom) => Promise<string | null>,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
  })
  const first = Number(values.seed)
  console.log(`${name}: seed ${first}`)
  let foundCount = 0
  let seed = first
  for (const end = performance.now() + Number(values.minutes) * 60_000; performance.now() < end; seed++) {
    const problem = await attempt(new SeededRandom(seed))
    if (problem !== null && ++foundCount <= printedMax) console.log(`seed ${seed}: ${problem}`)
  }
  console.log(`${name}: ${seed - first} attempts, ${foundCount} of them broke a promise`)
  return foundCount === 0 ? 0 : 1
}
