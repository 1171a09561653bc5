/**
 * A runtime in virtual time: everything in staging but the server's HTTP and the guests' threads, over a store that
 * fails when the scenario says so. The same scenario takes the same course, to the microsecond.
 */
import { createSeries } from '../../src/engine/model/series.ts'
import { SlungError } from '../../src/engine/model/slung-error.ts'
import { HostRefusal } from '../../src/guest/contract/guest-host.ts'
import type { Query } from '../../src/engine/query/query.ts'
import { workflowDefaults } from '../../src/staging/config/defaults.ts'
import { Observers } from '../../src/staging/observe/observers.ts'
import { recordProtocol, stopWord, type RecordMessage } from '../../src/staging/record/record-protocol.ts'
import type { Recordings } from '../../src/staging/record/recordings.ts'
import type { Connections } from '../../src/staging/server/connections.ts'
import type { Stage } from '../../src/staging/stage.ts'
import { stopInOrder } from '../../src/staging/stop-in-order.ts'
import { ackProtocol } from '../../src/staging/wire/server-message.ts'
import { encodeEvents } from '../../src/staging/wire/event-frame.ts'
import { SeededRandom } from '../../src/testing/seeded-random.ts'
import { VirtualTime } from '../virtual-time.ts'
import { checkCommits, checkCounts, checkRecording } from './laws.ts'
import { beginMillis, Ledger } from './ledger.ts'
import type { PostPlan, ProducerPlan, Scenario } from './scenario.ts'
import { outside, scriptedGuest, written } from './scripted-guests.ts'
import { SimulatedSocket } from './simulated-socket.ts'
import { createStaging } from './simulated-staging.ts'
import { SimulatedStore } from './simulated-store.ts'
import { scripted, SimulatedThread } from './simulated-thread.ts'

/** The course that a scenario took. */
export interface Course {
  /** Broken laws. */
  readonly problems: readonly string[]
  readonly takenCount: number
  readonly polledCount: number
  readonly restartCount: number
  readonly failedCommitCount: number
  /** The log of everything that happened: the same for the same scenario. */
  readonly trace: readonly string[]
}

const delayMicrosMax = 2000
const aliveCheckMillis = 30_000
/** Consecutive seconds without an event: more than a guest thinks about an Event and waits for answers. */
const quietLooks = 4
/** Most time to stop idle workflows: less than a tick. */
const calmStopMillisMax = 50
/** By then everything has come to rest, and the longest restart delay is over. */
const quietMillisMax = 600_000
/** Draining and grace period of workflows, the end of recordings, the goodbye of connections, and the last commit. */
const stopMillisMax = 21_500

export async function simulate(scenario: Scenario): Promise<Course> {
  const runtime = new SimulatedRuntime(scenario)
  return runtime.run()
}

class SimulatedRuntime {
  readonly #scenario: Scenario
  readonly #random: SeededRandom
  readonly #time = new VirtualTime(beginMillis * 1000)
  readonly #store: SimulatedStore
  readonly #ledger: Ledger
  readonly #observers: Observers
  readonly #stage: Stage
  readonly #connections: Connections
  readonly #recordings: Recordings
  readonly #sockets: SimulatedSocket[] = []
  readonly #trace: string[] = []
  #isFailing = false
  #isStopping = false
  #sendersAtWork = 0
  #recordingsAtWork = 0

  constructor(scenario: Scenario) {
    this.#scenario = scenario
    this.#random = new SeededRandom(scenario.seed)
    const time = this.#time
    const delayMicros = (): number => this.#below(delayMicrosMax)
    const store = new SimulatedStore({
      time,
      commitMillis: () => 1 + this.#below(scenario.commitMillisMax),
      isFailing: () => this.#isFailing,
    })
    this.#store = store
    this.#ledger = new Ledger(time, store, uncommittedMax(scenario))
    this.#observers = new Observers([this.#ledger, this.#tracer(), { turnEnded: () => this.#checkAwake() }])
    const workflows = scenario.workflows.map((plan, index) => {
      const name = `workflow-${index}`
      const run = () => this.#ledger.currentRun(name)!
      const thread = new SimulatedThread({
        time,
        delayMicros,
        startGuest: () =>
          scripted(
            scriptedGuest(plan, { time, ledger: this.#ledger, run: run(), below: (bound) => this.#below(bound) }),
          ),
        onRequest: (request) => {
          const { kind, query } = request as { kind: string; query?: Query }
          if (kind === 'live') this.#ledger.subscribes(run(), query!.series[0]!)
        },
        sendHttp: async () => {
          await this.#sleep(this.#below(300))
          if (this.#below(4) === 0) throw new HostRefusal('no answer')
          return { status: 200, body: new Uint8Array(0) }
        },
      })
      return { config: { ...workflowDefaults, name, file: `${name}.wasm`, tickMillis: plan.tickMillis }, thread }
    })
    const staging = createStaging({
      time,
      store,
      observers: this.#observers,
      limits: { backlogSamplesMax: scenario.backlogSamplesMax },
      workflows,
      sendText: (producer, text, now) => this.#sendText(producer, text, now),
    })
    this.#stage = staging.stage
    this.#connections = staging.connections
    this.#recordings = staging.recordings
  }

  async run(): Promise<Course> {
    const { producers, posts, recording, stopsAfterMillis } = this.#scenario
    const time = this.#time
    // Samples may come before workflows have subscribed.
    void this.#stage.start()
    time.every(aliveCheckMillis, () => {
      this.#connections.checkAlive()
      this.#recordings.checkAlive()
    })
    void this.#fail()
    for (const plan of producers) void this.#produce(plan)
    for (const plan of posts) void this.#post(plan)
    if (recording !== null) void this.#record(recording)
    if (stopsAfterMillis === null) await this.#comeToRest()
    else await time.advance(stopsAfterMillis)
    await this.#stop()
    this.#ledger.check(this.#recordingsAtWork === 0, 'the runtime stopped before a recording had its end')
    checkCommits(this.#ledger, this.#store.commits)
    for (const status of this.#stage.workflows.status()) checkCounts(this.#ledger, status)
    return {
      problems: this.#ledger.problems,
      takenCount: this.#ledger.taken.length,
      polledCount: this.#polledCount(),
      restartCount: this.#ledger.runs.filter(({ end }) => (end?.restartMillis ?? null) !== null).length,
      failedCommitCount: this.#store.commits.filter(({ hasFailed }) => hasFailed).length,
      trace: this.#trace,
    }
  }

  async #fail(): Promise<void> {
    for (const { afterMillis, millis } of this.#scenario.outages) {
      await this.#sleep(afterMillis)
      this.#isFailing = true
      await this.#sleep(millis)
      this.#isFailing = false
    }
  }

  async #produce({ wantsAcks, frames, end }: ProducerPlan): Promise<void> {
    this.#sendersAtWork++
    const id = this.#sockets.length + 1
    const socket = new SimulatedSocket({
      time: this.#time,
      protocol: wantsAcks ? ackProtocol : '',
      delayMicros: () => this.#below(delayMicrosMax),
      onText: (text) => this.#hear(id, text),
    })
    this.#sockets.push(socket)
    this.#connections.open(socket.asWebSocket)
    let sentCount = 0
    for (const { afterMillis, eventCount } of frames) {
      await this.#sleep(afterMillis)
      const events = Array.from({ length: eventCount }, () => ({
        series: outside,
        timestamp: beginMillis * 1000 + sentCount++,
        value: 1,
        tags: [`from=${id}`],
      }))
      socket.clientSends(encodeEvents(events))
    }
    if (end === 'leaves') socket.clientCloses()
    if (end === 'dies') socket.isDead = true
    this.#sendersAtWork--
  }

  /** A producer that stays can be reached by a workflow, also while the runtime stops. */
  #sendText(producer: number, text: string, now: number): void {
    try {
      this.#connections.sendText(producer, text, now)
    } catch (error) {
      const { end } = this.#scenario.producers[producer - 1]!
      this.#ledger.check(end !== 'stays', `producer ${producer}, which stays, cannot be reached: ${String(error)}`)
      throw error
    }
  }

  #hear(producer: number, text: string): void {
    this.#trace.push(`${this.#time.now()} to ${producer}: ${text}`)
    const ack = /^\{"ack":(\d+)\}$/.exec(text)?.[1]
    if (ack !== undefined) this.#ledger.acknowledged(producer, Number(ack))
    else this.#ledger.check(text.startsWith('answer '), `producer ${producer} receives ${text}`)
  }

  async #post({ afterMillis, sampleCount }: PostPlan): Promise<void> {
    this.#sendersAtWork++
    await this.#sleep(afterMillis)
    const { intake } = this.#stage
    const batch = intake.createBatch('a request')
    if (!this.#isStopping) {
      const series = batch.intern(createSeries(outside, [`post=${this.#ledger.taken.length}`]), beginMillis * 1000)
      for (let index = 0; index < sampleCount; index++) batch.add(series, beginMillis * 1000 + index, 1, index)
      intake.take(batch, (refusal) => this.#ledger.check(false, refusal.message))
      const endCount = this.#store.appendedCount
      await intake.room()
      try {
        await intake.durable()
        this.#ledger.check(this.#store.committedCount >= endCount, 'a request is answered before it is durable')
      } catch (error) {
        this.#ledger.check(error instanceof SlungError && error.code === 'store-failed', String(error))
      }
    }
    this.#sendersAtWork--
  }

  async #record({ afterMillis, millis }: { afterMillis: number; millis: number }): Promise<void> {
    this.#sendersAtWork++
    await this.#sleep(afterMillis)
    if (!this.#isStopping) {
      const { taken } = this.#ledger
      const messages: RecordMessage[] = []
      const socket = new SimulatedSocket({
        time: this.#time,
        protocol: recordProtocol,
        delayMicros: () => this.#below(delayMicrosMax),
        onText: (text) => {
          const message = JSON.parse(text) as RecordMessage
          messages.push(message)
          if (message.kind === 'end') this.#recordingsAtWork--
          if (message.kind === 'end') checkRecording(this.#ledger, messages, taken.slice(beganAt, endedAt))
        },
      })
      const beganAt = taken.length
      let endedAt: number | undefined
      const stops = (): void => {
        endedAt ??= taken.length
      }
      this.#stopsRecording = stops
      this.#recordingsAtWork++
      this.#recordings.open(socket.asWebSocket, new URL('ws://runtime/record'))
      await this.#sleep(millis)
      socket.clientSends(stopWord, stops)
    }
    this.#sendersAtWork--
  }

  #stopsRecording = (): void => {}

  /** Lets time pass until nothing is left to do but what recurs. */
  async #comeToRest(): Promise<void> {
    let latest = ''
    for (let [waited, quietCount] = [0, 0]; quietCount < quietLooks; waited += 1000) {
      if (waited >= quietMillisMax) return void this.#ledger.problems.push('it does not come to rest')
      await this.#time.advance(1000)
      // A guest that has polled everything may still write about the last Event, which wakes others.
      const done = `${this.#ledger.taken.length} taken, ${this.#polledCount()} polled`
      quietCount = this.#isQuiet() && done === latest ? quietCount + 1 : 0
      latest = done
    }
    // Two checks for signs of life: dead connections are gone.
    const restMillis = 2 * aliveCheckMillis + 1000
    const pollCounts = new Map<string, number>()
    const stopCounting = this.#observers.add({
      polled: (workflow) => void pollCounts.set(workflow, (pollCounts.get(workflow) ?? 0) + 1),
    })
    await this.#time.advance(restMillis)
    stopCounting()
    for (const [index, { state, config }] of this.#stage.workflows.all.entries()) {
      if (state !== 'running' || this.#hangs(index) || this.#pollsNothing(index)) continue
      const tickCount = Math.floor(restMillis / (config.tickMillis + 3 * (delayMicrosMax / 1000)))
      const pollCount = pollCounts.get(config.name) ?? 0
      this.#ledger.check(pollCount >= tickCount, `${config.name} polls ${pollCount} times in ${tickCount} ticks`)
    }
    for (const [index, { isDead, isPaused, readyState }] of this.#sockets.entries()) {
      const { end, wantsAcks, frames } = this.#scenario.producers[index]!
      const isOpen = readyState === 1
      this.#ledger.check(isOpen === (end === 'stays'), `producer ${index + 1}, which ${end}, is open: ${isOpen}`)
      this.#ledger.check(!isPaused || isDead, `producer ${index + 1} waits forever`)
      const sentCount = frames.reduce((sum, { eventCount }) => sum + eventCount, 0)
      if (end !== 'stays' || !wantsAcks) continue
      const told = this.#ledger.acknowledgedCount(index + 1)
      this.#ledger.check(told === sentCount, `producer ${index + 1} has sent ${sentCount}, but hears ${told}`)
    }
  }

  #isQuiet(): boolean {
    if (this.#sendersAtWork > 0 || this.#isFailing || this.#store.counts().uncommitted > 0) return false
    return this.#stage.workflows.all.every((workflow, index) => {
      const run = this.#ledger.currentRun(workflow.config.name)!
      if (workflow.state !== 'running') return workflow.state !== 'restarting' || this.#pollsNothing(index)
      if (this.#hangs(index)) return true
      return [outside, written].every((series) => {
        const { takenCount, polledCount } = this.#ledger.progressOf(run, series)
        return polledCount === takenCount
      })
    })
  }

  /** A guest that fails before it polls is restarted again and again. */
  #pollsNothing(index: number): boolean {
    return this.#scenario.workflows[index]!.eventsMax === 0
  }

  #hangs(index: number): boolean {
    const { end, eventsMax } = this.#scenario.workflows[index]!
    const { polled } = this.#ledger.currentRun(`workflow-${index}`)!
    return end === 'hangs' && [...polled.values()].reduce((sum, keys) => sum + keys.length, 0) === eventsMax
  }

  /** No workflow with something to poll waits for a tick. */
  #checkAwake(): void {
    for (const workflow of this.#stage.workflows.all) {
      const isWaiting = workflow.status().handles.some(({ waiting }) => waiting > 0)
      this.#ledger.check(!workflow.isIdle || !isWaiting, `${workflow.config.name} sleeps, and Events wait`)
    }
  }

  async #stop(): Promise<void> {
    this.#isStopping = true
    const { stopsAfterMillis, workflows } = this.#scenario
    const isAtRest = stopsAfterMillis === null && workflows.every((_, index) => !this.#hangs(index))
    this.#stopsRecording()
    const closed = Promise.all(
      this.#sockets.map((socket) =>
        socket.readyState === 3 ? Promise.resolve() : new Promise<void>((resolve) => socket.once('close', resolve)),
      ),
    )
    const stage = {
      stop: async (): Promise<void> => {
        const beganAt = this.#time.elapsedMillis()
        await this.#stage.stop()
        const millis = this.#time.elapsedMillis() - beganAt
        this.#ledger.check(!isAtRest || millis < calmStopMillisMax, `workflows at rest take ${millis} ms to stop`)
      },
      close: () => this.#stage.close(),
    }
    try {
      const parts = { stage, connections: this.#connections, recordings: this.#recordings, closed }
      await this.#time.until(stopInOrder(parts), stopMillisMax)
    } catch (error) {
      this.#ledger.check(error instanceof SlungError && error.code === 'store-failed' && this.#isFailing, String(error))
    }
  }

  #polledCount(): number {
    return this.#ledger.runs.flatMap(({ polled }) => [...polled.values()]).reduce((sum, { length }) => sum + length, 0)
  }

  /** Logs everything that is reported, to compare two courses. */
  #tracer(): { [thing: string]: (...what: never[]) => void } {
    const note =
      (thing: string) =>
      (...what: unknown[]): void => {
        this.#trace.push(`${this.#time.now()} ${thing} ${JSON.stringify(what)}`)
      }
    const things = ['turnEnded', 'refused', 'committed', 'storeFailing', 'connected', 'disconnected', 'recording']
    things.push('started', 'polled', 'printed', 'wrote', 'ended')
    return Object.fromEntries(things.map((thing) => [thing, note(thing)]))
  }

  #sleep(millis: number): Promise<void> {
    return new Promise((resolve) => void this.#time.after(millis, resolve))
  }

  #below(bound: number): number {
    return this.#random.below(bound)
  }
}

/** The backlog, and what senders may add that saw room a moment before there was none. */
function uncommittedMax({ backlogSamplesMax, producers, posts, workflows }: Scenario): number {
  const frames = producers.map(({ frames: sent }) => Math.max(0, ...sent.map(({ eventCount }) => eventCount)))
  const added = [...frames, ...posts.map(({ sampleCount }) => sampleCount)]
  return backlogSamplesMax + added.reduce((sum, count) => sum + count, 0) + workflows.length
}
