/**
 * Watches a simulated runtime, and finds where it breaks a law. It keeps its own books to compare with: the samples in
 * the order in which they were taken, what each run of a guest received, and what was sent to each client.
 */
import type { SampleBatch } from '../../src/engine/model/columns.ts'
import type { LiveEvent } from '../../src/engine/model/live-event.ts'
import type { SlungError } from '../../src/engine/model/slung-error.ts'
import type { Observer, RunEnd } from '../../src/staging/observe/observer.ts'
import type { VirtualTime } from '../virtual-time.ts'
import type { SimulatedStore } from './simulated-store.ts'

/** One run of a guest. */
export interface GuestRun {
  readonly workflow: string
  readonly startedAt: number
  /** By lane: how many samples of it had been taken when the run began. */
  readonly takenAtStart: ReadonlyMap<Lane, number>
  /** The series that it has subscribed to. */
  readonly subscribed: Set<string>
  /** By lane: what the guest has polled. */
  readonly polled: Map<Lane, string[]>
  /** The latest sample from elsewhere that it has polled, by its position among all. */
  latestPosition: number
  end: RunEnd | null
  /** By lane: how many samples of it had been taken when the run was over. */
  takenAtEnd: ReadonlyMap<Lane, number>
}

/**
 * A series, or the part of it that the workflow has written itself: each is polled in order. Its own samples are
 * revealed to a workflow as soon as it has written them, those from elsewhere in their order of arrival.
 */
type Lane = `${string} ${'own' | 'foreign'}`

const lanesOf = (series: string): readonly Lane[] => [`${series} own`, `${series} foreign`]

const restartMillisMin = 1000
const restartMillisMax = 60_000
const healthyMillis = 60_000

export class Ledger implements Observer {
  /** The broken laws. */
  readonly problems: string[] = []
  /** All samples in the order in which they were taken. */
  readonly taken: string[] = []
  readonly runs: GuestRun[] = []
  readonly #time: VirtualTime
  readonly #store: SimulatedStore
  /** Most samples that may wait for the disk. */
  readonly #uncommittedMax: number
  /** By workflow and lane. */
  readonly #taken = new Map<string, Map<Lane, string[]>>()
  readonly #positions = new Map<string, number>()
  readonly #failuresInRow = new Map<string, number>()
  readonly #acks = new Map<number, number>()
  #isFailing = false

  constructor(time: VirtualTime, store: SimulatedStore, uncommittedMax: number) {
    this.#time = time
    this.#store = store
    this.#uncommittedMax = uncommittedMax
  }

  /** How many samples of a series were taken during a run, as far as it has subscribed to it; and how many it has polled. */
  progressOf(run: GuestRun, series: string): { readonly takenCount: number; readonly polledCount: number } {
    const taken = run.end === null ? this.#countTaken(run.workflow) : run.takenAtEnd
    let [takenCount, polledCount] = [0, 0]
    for (const lane of run.subscribed.has(series) ? lanesOf(series) : []) {
      takenCount += (taken.get(lane) ?? 0) - (run.takenAtStart.get(lane) ?? 0)
      polledCount += run.polled.get(lane)?.length ?? 0
    }
    return { takenCount, polledCount }
  }

  /** The current run of a workflow. */
  currentRun(workflow: string): GuestRun | undefined {
    return this.runs.findLast((run) => run.workflow === workflow)
  }

  samples({ count, series, timestamps }: SampleBatch, writer: string | null): void {
    for (let index = 0; index < count; index++) {
      const { name, tags } = this.#store.series(series[index]!)
      const key = sampleKey(name, tags, timestamps[index]!)
      this.check(!this.#positions.has(key), `${key} was taken twice`)
      this.#positions.set(key, this.taken.length)
      this.taken.push(key)
      for (const [workflow, lanes] of this.#taken) {
        const lane: Lane = writer === workflow ? `${name} own` : `${name} foreign`
        lanes.set(lane, lanes.get(lane) ?? [])
        lanes.get(lane)!.push(key)
      }
    }
    const { uncommitted } = this.#store.counts()
    this.check(uncommitted <= this.#uncommittedMax, `${uncommitted} samples wait for the disk`)
  }

  storeFailing(failure: SlungError | null): void {
    this.check(this.#isFailing === (failure === null), `the store ${this.#isFailing ? 'fails' : 'works'} again`)
    this.#isFailing = failure !== null
  }

  started(workflow: string, _at: number, isRestart: boolean): void {
    const before = this.currentRun(workflow)
    this.check(isRestart === (before !== undefined), `${workflow} is started again: ${isRestart}`)
    if (before !== undefined) {
      const dueAt = before.end === null ? Number.NaN : before.end.at + (before.end.restartMillis ?? Number.NaN) * 1000
      this.check(this.#time.now() === dueAt, `${workflow} starts again at ${this.#time.now()}, not at ${dueAt}`)
    }
    if (before === undefined) this.#taken.set(workflow, new Map())
    this.runs.push({
      workflow,
      startedAt: this.#time.now(),
      takenAtStart: this.#countTaken(workflow),
      subscribed: new Set(),
      polled: new Map(),
      latestPosition: -1,
      end: null,
      takenAtEnd: new Map(),
    })
  }

  ended(workflow: string, end: RunEnd): void {
    const run = this.currentRun(workflow)
    if (run === undefined || run.end !== null) return void this.problems.push(`${workflow} ends without a run`)
    run.end = end
    run.takenAtEnd = this.#countTaken(workflow)
    const hasFailed = end.outcome.kind === 'trapped' || (end.outcome.kind === 'returned' && end.outcome.code !== 0)
    if (!hasFailed) return this.check(end.restartMillis === null, `${workflow} starts again without a failure`)
    if (end.restartMillis === null) return
    const wasHealthy = end.at - run.startedAt >= healthyMillis * 1000
    const failures = wasHealthy ? 0 : (this.#failuresInRow.get(workflow) ?? 0)
    this.#failuresInRow.set(workflow, failures + 1)
    let due = restartMillisMin
    for (let failure = 0; failure < failures && due < restartMillisMax; failure++) due *= 2
    due = Math.min(due, restartMillisMax)
    this.check(end.restartMillis === due, `${workflow} starts again in ${end.restartMillis} ms, not in ${due}`)
  }

  /** The engine's thread is about to subscribe a run to a series. */
  subscribes(run: GuestRun, series: string): void {
    run.subscribed.add(series)
  }

  /** A guest has polled an Event. */
  polls(run: GuestRun, series: string, { tags, timestamp }: LiveEvent): void {
    const key = sampleKey(series, tags, timestamp)
    const isOwn = tags.includes(`by=${run.workflow}`)
    const lane: Lane = isOwn ? `${series} own` : `${series} foreign`
    const position = this.#positions.get(key) ?? -1
    this.check(isOwn || position > run.latestPosition, `${run.workflow} polls ${key} after a later one`)
    if (!isOwn) run.latestPosition = position
    const polled = run.polled.get(lane) ?? []
    run.polled.set(lane, polled)
    const due = this.#taken.get(run.workflow)!.get(lane)?.[(run.takenAtStart.get(lane) ?? 0) + polled.length]
    this.check(key === due, `${run.workflow} polls ${key}, not ${due}`)
    polled.push(key)
  }

  /** A client hears how many of its events are durable. */
  acknowledged(producer: number, count: number): void {
    const before = this.#acks.get(producer) ?? 0
    this.#acks.set(producer, count)
    this.check(count > before, `producer ${producer} hears ${count} after ${before}`)
    const durable = this.#store.committedOf(producer)
    this.check(count <= durable, `producer ${producer} hears that ${count} are durable, but ${durable} are`)
  }

  /** How many events a client has heard to be durable. */
  acknowledgedCount(producer: number): number {
    return this.#acks.get(producer) ?? 0
  }

  #countTaken(workflow: string): ReadonlyMap<Lane, number> {
    return new Map([...this.#taken.get(workflow)!].map(([lane, keys]) => [lane, keys.length]))
  }

  /** @param problem - the broken law, when it does not hold */
  check(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(`${(this.#time.elapsedMillis() - beginMillis).toFixed(3)} ms: ${problem}`)
  }
}

/** When a simulation begins. */
export const beginMillis = 1_767_225_600_000

/** Name and tags identify a sample's series, and no two samples of a series have the same timestamp. */
export function sampleKey(series: string, tags: readonly string[], timestamp: number): string {
  return `${series}{${tags.join(',')}}@${timestamp - beginMillis * 1000}`
}
