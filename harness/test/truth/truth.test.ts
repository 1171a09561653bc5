/**
 * The law that a green test stands on: what a workflow does in staging, recorded and replayed, is the same, byte for
 * byte. Held by random workflows over random schedules, with the stage, the recording and the replay of the product.
 *
 * A failure prints its seed, the smallest scenario that was found, and the command that repeats it. `SLUNG_SEED` takes
 * other scenarios, `SLUNG_RUNS` more of them.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeFailure, describeSmallest } from './describe.ts'
import { PairMaker } from './pair.ts'
import { operations, slotCount, type Mode } from './program.ts'
import { tickMillisMax, type BatchPlan, type Scenario } from './scenario.ts'
import { findSmallest, scenarioOf } from './smallest.ts'
import { Tally } from './tally.ts'

const { SLUNG_SEED: seed, SLUNG_RUNS: runs } = process.env
/** The same every time; and from a new seed every time. */
const fixed = { seed: 1, count: 200 }
const fresh = { seed: Number(seed ?? Date.now() % 1_000_000_000), count: Number(runs ?? 100) }
const attemptsMax = 300

let maker: PairMaker
beforeAll(async () => {
  maker = await PairMaker.open()
})
afterAll(() => maker.close())

test('a run in staging, recorded and replayed, gives the same timeline', async () => {
  const tally = new Tally()
  for (const { seed: first, count } of seed === undefined ? [fixed, fresh] : [fresh]) {
    for (let next = first; next < first + count; next++) {
      const scenario = scenarioOf(next)
      const result = await maker.make(scenario)
      tally.add(next, scenario, result)
      if (tally.broken.length > 1 || result.differences.length === 0) continue
      const smallest = await findSmallest(next, maker, attemptsMax)
      console.log(describeFailure(next, result.differences))
      if (smallest !== null) console.log(describeSmallest(smallest))
    }
  }
  if (tally.broken.length > 0) throw new Error(`the law is broken\n${tally.describe()}`)
  if (seed !== undefined || runs !== undefined) return
  // Otherwise nothing above would prove anything.
  expect(operations.filter((_, operation) => tally.executed[operation] === 0)).toEqual([])
  const { pairs, delivered, lines, subscribedBehind, askedBehind } = tally.total
  expect(pairs).toBeGreaterThanOrEqual(300)
  expect(delivered).toBeGreaterThan(20_000)
  expect(lines).toBeGreaterThan(10_000)
  expect(subscribedBehind).toBeGreaterThan(100)
  expect(askedBehind).toBeGreaterThan(100)
})

test('a workflow that falls too far behind is recognised', async () => {
  const { facts } = await maker.make(farBehind)

  expect(facts).toMatchObject({ pairs: 1, behind: 1 })
})

/** While it waits for an answer, more Events come than a handle can hold. */
const farBehind: Scenario = {
  seed: 1,
  programs: [
    {
      tellsProducers: true,
      toldMax: 10,
      effectsMax: 400,
      modes: modesOf('event'),
      setup: [['open', 0, 'COUNT:s0,s1,s2:[]']],
      loop: [
        ['poll', 0],
        ['request', 'POST', '/a'],
      ],
    },
  ],
  producers: [{ batches: Array.from({ length: 30 }, () => batchOf(5000)), leaves: false }],
  posts: [],
  answers: [{ afterMillis: 60_000, status: 200, body: '' }],
  commitMillisMax: 1,
  outage: null,
  backlogSamplesMax: 1_000_000,
  delayMicrosMax: 1,
  tickMillis: tickMillisMax,
  sendsEarly: false,
  recording: { kind: 'whole' },
  stopsBusy: true,
}

function modesOf(mode: Mode): Mode[] {
  return Array.from({ length: slotCount }, () => mode)
}

function batchOf(count: number): BatchPlan {
  return { afterMillis: 1, count, seriesMax: 12, lateSeconds: 0 }
}
