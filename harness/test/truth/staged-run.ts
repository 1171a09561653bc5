/**
 * A scenario in staging: the real stage, connections and recordings in virtual time, with real modules; and the files
 * that the recording becomes.
 */
import { encodeEvents } from '../../../runtime/src/staging/wire/event-frame.ts'
import { createSeries } from '../../../runtime/src/engine/model/series.ts'
import { HostRefusal, type GuestHost, type GuestHttpResponse } from '../../../runtime/src/guest/contract/guest-host.ts'
import type { GuestOutcome } from '../../../runtime/src/guest/contract/guest-outcome.ts'
import { Pulse } from '../../../runtime/src/guest/contract/pulse.ts'
import type { GuestModule } from '../../../runtime/src/guest/load/load-guest.ts'
import { GuestInstance } from '../../../runtime/src/guest/run/guest-instance.ts'
import { workflowDefaults } from '../../../runtime/src/staging/config/defaults.ts'
import type { Observer, Writeback } from '../../../runtime/src/staging/observe/observer.ts'
import { Observers } from '../../../runtime/src/staging/observe/observers.ts'
import { recordProtocol, stopWord, type RecordMessage } from '../../../runtime/src/staging/record/record-protocol.ts'
import { RecordingFiles } from '../../../runtime/src/staging/record/recording-files.ts'
import { stopInOrder } from '../../../runtime/src/staging/stop-in-order.ts'
import { SeededRandom } from '../../../runtime/src/testing/seeded-random.ts'
import { SimulatedSocket } from '../../../runtime/test/simulation/simulated-socket.ts'
import { createStaging, type SimulatedStaging } from '../../../runtime/test/simulation/simulated-staging.ts'
import { SimulatedStore } from '../../../runtime/test/simulation/simulated-store.ts'
import { SimulatedThread } from '../../../runtime/test/simulation/simulated-thread.ts'
import { VirtualTime } from '../../../runtime/test/virtual-time.ts'
import { operations } from './program.ts'
import { samplesOf } from './samples.ts'
import { beginMicros, type BatchPlan, type ProducerPlan, type Scenario } from './scenario.ts'
import { isLog, lineOf } from './timeline.ts'
import { WatchedHost } from './watched-host.ts'

/** What one workflow did while it was recorded. */
export interface StagedTimeline {
  readonly name: string
  readonly lines: readonly string[]
  /** How its first run ended; `null` = it did not. */
  readonly outcome: GuestOutcome | null
  /** Its spec. */
  readonly specFile: string
  readonly coalesced: number
}

export interface StagedRun {
  readonly timelines: readonly StagedTimeline[]
  readonly sampleCount: number
  /** As in `PairResult` and `PairFacts`. */
  readonly executed: readonly number[]
  readonly subscribedBehind: number
  readonly askedBehind: number
  /** Whether the workflows had done everything that belongs to the recording when it ended. */
  readonly isAtRest: boolean
  /** Workflows that did not reach the end of the recording in time. */
  readonly unfinished: readonly string[]
  /** Workflows that were so far behind that their recording says so. */
  readonly behind: readonly string[]
}

const quietMillisMax = 100_000_000
const stopMillisMax = 60_000
/** Of a guest at one moment. */
const pollsMax = 3_000_000
/** How long workflows that act at each tick may go on. */
const ticksMillisMax = 20_000
/** How long a guest may be busy before it counts as one that never rests. */
const busyMillisMax = 1_000_000
const everythingMicros = 1e15

/**
 * @param modules - of the programs, in their order
 * @param folder - empty; receives the files
 */
export async function stage(scenario: Scenario, modules: readonly GuestModule[], folder: string): Promise<StagedRun> {
  return await new StagingRun(scenario, modules).run(folder)
}

/** What one workflow has done so far in the run that is recorded, of which there is one at most. */
class Book {
  readonly lines: string[] = []
  outcome: GuestOutcome | null = null
  coalesced = 0
  readonly #recordedRun: number
  #run = 0

  /** @param recordedRun - counts from 1 */
  constructor(recordedRun: number) {
    this.#recordedRun = recordedRun
  }

  start(): void {
    this.#run++
  }

  add(line: string | null): void {
    if (line !== null && this.#run === this.#recordedRun) this.lines.push(line)
  }

  end(outcome: GuestOutcome): void {
    if (outcome.kind !== 'ended' && this.#run === this.#recordedRun) this.outcome = outcome
  }
}

/** What the watchdog of a thread is to a guest: on this one thread, a guest that spins would end all time. */
class SpinGuard extends Pulse {
  readonly #time: VirtualTime
  #at = 0
  #pollCount = 0

  constructor(time: VirtualTime) {
    super()
    this.#time = time
  }

  override beat(): void {
    const now = this.#time.now()
    if (now !== this.#at) this.#pollCount = 0
    this.#at = now
    if (++this.#pollCount > pollsMax) throw new Error(`the guest has polled ${pollsMax} times, and time stands still`)
  }
}

/** Not a multiple of any tick: workflows are busy at their ticks. */
const lookMillis = 1037

class StagingRun implements Observer {
  readonly #scenario: Scenario
  readonly #random: SeededRandom
  readonly #time = new VirtualTime(beginMicros)
  readonly #staging: SimulatedStaging
  readonly #books: ReadonlyMap<string, Book>
  readonly #sockets: SimulatedSocket[] = []
  readonly #messages: RecordMessage[] = []
  #sampleCount = 0
  #requestCount = 0
  #isFailing = false
  #isOver = false
  #isAtRest = false
  #recorder: SimulatedSocket | undefined
  readonly #executed = operations.map(() => 0)
  #subscribedBehind = 0
  #askedBehind = 0

  constructor(scenario: Scenario, modules: readonly GuestModule[]) {
    this.#scenario = scenario
    this.#random = new SeededRandom(scenario.seed)
    const time = this.#time
    const store = new SimulatedStore({
      time,
      commitMillis: () => 1 + this.#random.below(scenario.commitMillisMax),
      isFailing: () => this.#isFailing,
    })
    const workflows = modules.map((module, index) => {
      const thread = new SimulatedThread({
        time,
        delayMicros: this.#delayMicros,
        startGuest: () => (host) => this.#runGuest(module, host),
        sendHttp: () => this.#answer(),
      })
      return {
        config: { ...workflowDefaults, name: `w${index}`, file: module.file, tickMillis: scenario.tickMillis },
        thread,
      }
    })
    this.#books = new Map(
      workflows.map(({ config }) => [config.name, new Book(scenario.recording.kind === 'second run' ? 2 : 1)]),
    )
    this.#staging = createStaging({
      time,
      store,
      workflows,
      observers: new Observers([this]),
      limits: { backlogSamplesMax: scenario.backlogSamplesMax },
    })
  }

  async #runGuest(module: GuestModule, host: GuestHost): Promise<GuestOutcome> {
    const watched = new WatchedHost(host, () => this.#sampleCount)
    const guest = new GuestInstance(module, watched, { pulse: new SpinGuard(this.#time) })
    const outcome = await guest.call()
    const { memory, exports } = guest.remains
    const { value: at } = exports['executed'] as { readonly value: number }
    const counts = new DataView(memory.buffer, memory.byteOffset + at)
    for (const operation of this.#executed.keys()) this.#executed[operation]! += counts.getUint32(operation * 4, true)
    this.#subscribedBehind += watched.subscribedBehind
    this.#askedBehind += watched.askedBehind
    return outcome
  }

  samples({ count }: { readonly count: number }): void {
    this.#sampleCount += count
  }

  printed(workflow: string, stream: 'stdout' | 'stderr' | 'host', text: string): void {
    this.#books.get(workflow)!.add(lineOf({ kind: 'log', stream, text }))
  }

  wrote(workflow: string, writeback: Writeback): void {
    // Bodies are known while it is recorded.
    const body = writeback.kind === 'http' ? utf8.decode(writeback.exchange?.body.bytes) : ''
    this.#books.get(workflow)!.add(lineOf(writeback.kind === 'http' ? { ...writeback, body } : writeback))
  }

  started(workflow: string): void {
    this.#books.get(workflow)!.start()
  }

  ended(workflow: string, { outcome }: { readonly outcome: GuestOutcome }): void {
    this.#books.get(workflow)!.end(outcome)
    const { recording } = this.#scenario
    if (recording.kind === 'second run') this.#recordAfter(recording.afterMillis)
  }

  async run(folder: string): Promise<StagedRun> {
    const time = this.#time
    const { stage: stageItself, connections, recordings } = this.#staging
    const { producers, posts, sendsEarly, recording, stopsBusy } = this.#scenario
    if (recording.kind === 'whole') this.#record(0)
    const failed = this.#fail()
    const started = time.until(stageItself.start(), quietMillisMax)
    if (!sendsEarly) await started
    const sent = Promise.all([
      ...producers.map((plan) => this.#produce(plan)),
      ...posts.map((plan) => this.#post(plan)),
    ])
    await started
    await time.until(Promise.all([sent, failed]), quietMillisMax)
    if (!stopsBusy) this.#isAtRest = await this.#comeToRest()
    this.#isOver = true
    this.#recorder?.clientSends(stopWord)
    const isRecording = (): boolean => this.#recorder !== undefined && this.#messages.at(-1)?.kind !== 'end'
    for (let waited = 0; isRecording() && waited < stopMillisMax; waited += 100) await time.advance(100)
    for (const { name, coalesced } of stageItself.workflows.status()) this.#books.get(name)!.coalesced = coalesced
    const closed = Promise.all(this.#sockets.map((socket) => closing(socket)))
    await time.until(stopInOrder({ stage: stageItself, connections, recordings, closed }), stopMillisMax)
    return await this.#write(folder)
  }

  #recordAfter(millis: number): void {
    this.#time.after(millis, () => this.#record(everythingMicros))
  }

  /** Once. @param historyMicros - how far back the recording begins */
  #record(historyMicros: number): void {
    if (this.#recorder !== undefined || this.#isOver) return
    this.#recorder = this.#openSocket(recordProtocol, (text) => this.#messages.push(JSON.parse(text) as RecordMessage))
    this.#staging.recordings.open(this.#recorder.asWebSocket, new URL(`ws://runtime/record?history=${historyMicros}`))
  }

  async #fail(): Promise<void> {
    const { outage } = this.#scenario
    if (outage === null) return
    await this.#sleep(outage.afterMillis)
    this.#isFailing = true
    await this.#sleep(outage.millis)
    this.#isFailing = false
  }

  async #produce({ batches, leaves }: ProducerPlan): Promise<void> {
    const socket = this.#openSocket('', () => {})
    this.#staging.connections.open(socket.asWebSocket)
    this.#sockets.push(socket)
    for (const batch of batches) {
      await this.#sleep(batch.afterMillis)
      socket.clientSends(encodeEvents(samplesOf(batch, this.#time.now(), this.#random)))
    }
    if (leaves) socket.clientCloses()
    // Until everything has arrived.
    await this.#sleep(this.#scenario.delayMicrosMax / 1000 + 1)
  }

  async #post(plan: BatchPlan): Promise<void> {
    await this.#sleep(plan.afterMillis)
    const { intake } = this.#staging.stage
    const batch = intake.createBatch('a request')
    for (const [index, { series, tags, timestamp, value }] of samplesOf(
      plan,
      this.#time.now(),
      this.#random,
    ).entries()) {
      batch.add(batch.intern(createSeries(series, tags), timestamp), timestamp, value, index)
    }
    intake.take(batch, (refusal) => {
      throw refusal
    })
  }

  async #answer(): Promise<GuestHttpResponse> {
    const { answers } = this.#scenario
    const { afterMillis, status, body } = answers[this.#requestCount++ % answers.length]!
    await this.#sleep(afterMillis)
    if (status === 0) throw new HostRefusal('no answer')
    return { status, body: new TextEncoder().encode(body) }
  }

  /**
   * Lets time pass until no workflow has anything to do that belongs to the recording.
   *
   * @returns false for a guest that is always busy, such as one that takes longer than a tick for what it does in each
   */
  async #comeToRest(): Promise<boolean> {
    let latest = -1
    for (let waited = 0; waited < busyMillisMax; waited += lookMillis) {
      await this.#time.advance(lookMillis)
      const done = [...this.#books.values()].reduce((sum, { lines }) => sum + lines.length, this.#sampleCount)
      const isQuiet = this.#staging.stage.workflows.all.every(
        (workflow) => workflow.isIdle || this.#books.get(workflow.config.name)!.outcome !== null,
      )
      if (isQuiet && (done === latest || waited >= ticksMillisMax)) return true
      latest = done
    }
    return false
  }

  async #write(folder: string): Promise<StagedRun> {
    const facts = {
      isAtRest: this.#isAtRest,
      sampleCount: this.#sampleCount,
      executed: this.#executed,
      subscribedBehind: this.#subscribedBehind,
      askedBehind: this.#askedBehind,
    }
    const [begin, ...messages] = this.#messages
    if (begin === undefined) return { ...facts, timelines: [], unfinished: [], behind: [] }
    if (begin?.kind !== 'begin') throw new Error(`the recording begins with ${JSON.stringify(begin)}`)
    const files = new RecordingFiles({ directory: folder, name: 'pair', workflow: null }, 'ws://runtime', begin)
    for (const message of messages) await files.take(message)
    const specFiles = await files.finish(null)
    const end = messages.at(-1)
    if (end?.kind !== 'end') throw new Error('the recording has no end')
    const timelines = [...this.#books].flatMap(([name, { lines, outcome, coalesced }]): StagedTimeline[] => {
      const ending = this.#books.size === 1 ? 'pair.slung.yaml' : `-${name}.slung.yaml`
      const specFile = specFiles.find((file) => file.endsWith(ending))
      // It did not run while it was recorded.
      if (specFile === undefined) return []
      const count = messages.filter((message) => message.kind === 'writeback' && message.workflow === name).length
      const hasEnded = messages.some((message) => message.kind === 'ended' && message.workflow === name)
      return [{ name, lines: upTo(lines, count), outcome: hasEnded ? outcome : null, coalesced, specFile }]
    })
    const behind = messages.flatMap((message) => (message.kind === 'behind' ? [message.workflow] : []))
    return { ...facts, timelines, unfinished: end.unfinished, behind }
  }

  #openSocket(protocol: string, onText: (text: string) => void): SimulatedSocket {
    return new SimulatedSocket({ time: this.#time, protocol, delayMicros: this.#delayMicros, onText })
  }

  readonly #delayMicros = (): number => this.#random.below(this.#scenario.delayMicrosMax)

  #sleep(millis: number): Promise<void> {
    return new Promise((resolve) => void this.#time.after(millis, resolve))
  }
}

/** The lines up to a writeback. A recording does not say whether what is printed after it belongs to it. */
function upTo(lines: readonly string[], writebackCount: number): string[] {
  let count = 0
  const end = lines.findIndex((line) => !isLog(line) && ++count === writebackCount)
  return lines.slice(0, end + 1)
}

function closing(socket: SimulatedSocket): Promise<void> {
  return socket.readyState === 3 ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve))
}

const utf8 = new TextDecoder()
