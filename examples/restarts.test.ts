/**
 * A restart changes nothing: what an example must remember is in its state or in the store. Here, each example that has a
 * state starts again after every Event, or every few where there are many, over each of its fixtures. Texts to producers
 * are left out: no connection outlives the runtime.
 */
import { EndOfRun, loadGuest, type GuestModule, type GuestOutcome, type LiveEvent } from '@slung/runtime'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readFixture } from '../harness/dist/input/read-fixture.js'
import { buildFeed, type FeedSource } from '../harness/dist/replay/feed.js'
import { ReplayHost } from '../harness/dist/replay/replay-host.js'
import {
  progressSlots,
  type HostMessage,
  type HttpQuestion,
  type HttpReply,
} from '../harness/dist/replay/replay-messages.js'
import { passageOfTimeDefault } from '../harness/dist/run/passage-of-time.js'
import { GuestInstance } from '../runtime/dist/guest/run/guest-instance.js'
import { fixturesOf } from './fixtures-of.ts'

const minute = 60_000_000
/** Of a fixture without ticks: an instance takes a millisecond. */
const runsMax = 300
/** By example: whether it looks at the clock, too. */
const examples = {
  'anomaly-zscore': false,
  correlate: false,
  'dead-man': true,
  'rate-limit': false,
  'threshold-alert': false,
}
const cases = Object.entries(examples).flatMap(([example, hasTicks]) =>
  ['', '-rust'].map((suffix) => ({ example, module: `${example}${suffix}.wasm`, hasTicks })),
)

test.for(cases)('$module', async ({ example, module, hasTicks }, { skip }) => {
  const file = fileURLToPath(new URL(`${example}/build/${module}`, import.meta.url))
  // The specs build what they need.
  skip(!existsSync(file), 'there is no Rust for WebAssembly')
  const guest = await loadGuest(file)
  const passage = { ...passageOfTimeDefault, ...(hasTicks && { tick: minute, until: { offset: 10 * minute } }) }

  let sent = 0
  let runs = 0
  for (const input of fixturesOf(example)) {
    const fixture = await readFixture(input)
    const source = buildFeed([fixture], { faults: [], passage })
    for (const answerMicros of [0, 2 * minute]) {
      const whole = await run(guest, source, answerMicros, Number.POSITIVE_INFINITY)
      const restarted = await run(guest, source, answerMicros, Math.ceil(fixture.count / runsMax))

      expect(restarted.sent, `over ${input.csv}, answered after ${answerMicros} µs`).toEqual(whole.sent)
      sent += whole.sent.length
      runs += restarted.runCount
    }
  }
  expect(sent).toBeGreaterThan(0)
  expect(runs).toBeGreaterThan(10)
})

/** What a workflow sends when each run of it ends after so many rounds of polls, and how many runs that takes. */
async function run(
  module: GuestModule,
  source: FeedSource,
  afterMicros: number,
  roundsMax: number,
): Promise<{ sent: readonly string[]; runCount: number }> {
  const sent: string[] = []
  const options = {
    ...source,
    checks: [],
    progress: new Float64Array(progressSlots.length),
    environment: {},
    state: new Map(),
    watched: { calls: false, memory: false, callbacks: false },
  }
  const host = new RestartingHost(roundsMax, options, {
    post(message) {
      const said = message as HostMessage
      if (said.kind === 'entry' && said.entry.kind === 'event') sent.push(JSON.stringify(said.entry))
    },
    request(question) {
      const { url, body, at } = question as HttpQuestion
      sent.push(`${at} ${url} ${new TextDecoder().decode(body)}`)
      const reply: HttpReply = { status: 200, body: new Uint8Array(0), afterMicros }
      return Promise.resolve(reply)
    },
  })
  let outcome: GuestOutcome
  let runCount = 0
  do {
    host.beginRun()
    outcome = await new GuestInstance(module, host).call()
    runCount++
  } while (outcome.kind === 'ended' && outcome.outcome !== 'drained')
  expect(outcome.kind).toBe('ended')
  return { sent, runCount }
}

/** The host of a replay, which ends a run when each handle was polled so many times, and no Event waits. */
class RestartingHost extends ReplayHost {
  readonly #roundsMax: number
  readonly #handles = new Set<number>()
  #pollCount = 0

  constructor(roundsMax: number, ...options: ConstructorParameters<typeof ReplayHost>) {
    super(...options)
    this.#roundsMax = roundsMax
  }

  beginRun(): void {
    for (const handle of this.#handles) this.freeHandle(handle)
    this.#handles.clear()
    this.#pollCount = 0
  }

  override queryLive(text: string): number {
    const handle = super.queryLive(text)
    this.#handles.add(handle)
    return handle
  }

  override pollHandle(handle: number): LiveEvent | undefined {
    const isOver = this.#pollCount >= this.#roundsMax * this.#handles.size && this.world.handles.waitingCount === 0
    if (isOver) throw new EndOfRun('undelivered')
    this.#pollCount++
    return super.pollHandle(handle)
  }
}
