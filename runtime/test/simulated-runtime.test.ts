/**
 * Staging in virtual time, over hundreds of schedules: several producers, slow guests, failing commits, restarts, and a
 * stop halfway. The laws are in `simulation/ledger.ts`, `simulation/laws.ts` and `simulation/simulated-runtime.ts`.
 *
 * A failure prints its seed; `SLUNG_SEED=SEED npx vitest run --root runtime simulated-runtime` repeats its schedules.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { scenarios } from './simulation/scenario.ts'
import { simulate } from './simulation/simulated-runtime.ts'

const { SLUNG_SEED: seed, SLUNG_RUNS: runs } = process.env
const parameters = { numRuns: Number(runs ?? 300), ...(seed !== undefined && { seed: Number(seed) }) }

test('nothing acknowledged is lost, every workflow gets each sample once and in order, and everything comes to rest', async () => {
  const seen = { taken: 0, polled: 0, restarts: 0, failedCommits: 0, recordings: 0, stopsHalfway: 0 }
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const course = await simulate(scenario)
      expect(course.problems).toEqual([])
      seen.taken += course.takenCount
      seen.polled += course.polledCount
      seen.restarts += course.restartCount
      seen.failedCommits += course.failedCommitCount
      if (scenario.recording !== null) seen.recordings++
      if (scenario.stopsAfterMillis !== null) seen.stopsHalfway++
    }),
    parameters,
  )
  // The schedules make all of it happen.
  if (runs !== undefined) return
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0)
})

test('a schedule takes the same course every time', async () => {
  const [scenario] = fc.sample(scenarios, { numRuns: 1, seed: 7 })
  expect((await simulate(scenario!)).trace).toEqual((await simulate(scenario!)).trace)
})
