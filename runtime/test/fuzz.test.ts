/** A short form of each of `npm run fuzz -- requests|toml|log`: the same search, from a fixed seed. */
import { expect, test } from 'vitest'
import { createLogFormat } from '../src/cli/log-format.ts'
import { SeededRandom } from '../src/testing/seeded-random.ts'
import { formatProblem, readingProblem } from './fuzz/log.ts'
import { requestProblem, startTarget } from './fuzz/requests.ts'
import { mutate, problemOf } from './fuzz/toml.ts'

/** @param attempt - @returns what is wrong; `null` = nothing. @returns the first that is wrong, with its seed */
async function search(
  count: number,
  attempt: (random: SeededRandom) => Promise<string | null> | string | null,
): Promise<string | null> {
  for (let seed = 1; seed <= count; seed++) {
    const problem = await attempt(new SeededRandom(seed))
    if (problem !== null) return `seed ${seed}: ${problem}`
  }
  return null
}

test('whatever a client sends, the others are served, and nothing passes without the token', async () => {
  await using runtime = await startTarget()
  expect(await search(60, (random) => requestProblem(runtime, random))).toBeNull()
})

test('no slip in a slung.toml makes a message show a secret', async () => {
  expect(await search(3000, (random) => problemOf(mutate(random)))).toBeNull()
})

test('the log keeps its lines in order, and counts those that it leaves out', async () => {
  expect(await search(300, readingProblem)).toBeNull()
})

test('no text forges a line of the log', async () => {
  const [toText, toJson] = await Promise.all([createLogFormat('text', false), createLogFormat('json', false)])
  expect(await search(1000, (random) => formatProblem(toText, toJson, random))).toBeNull()
})
