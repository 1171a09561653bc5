/**
 * One run of a workflow, on the engine's thread: it does what the guest asks for, and keeps its Events until the guest
 * polls. A poll that finds nothing stays unanswered until an Event arrives or a tick is over.
 */
import type { Engine } from '../../engine/engine.ts'
import { EndOfRun } from '../../guest/contract/guest-host.ts'
import { refusing, refusingLater } from '../../guest/contract/refusing.ts'
import { HandleTable, type HandleStatus } from '../../engine/handle-table.ts'
import type { Eventually } from '../../engine/model/eventually.ts'
import { createSeries, type Series } from '../../engine/model/series.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { ProducerId } from '../../engine/model/live-event.ts'
import { parseQuery } from '../../engine/query/parse-query.ts'
import type { Query } from '../../engine/query/query.ts'
import type { Clock, Timer, Timers } from '../system/clock.ts'
import { LogLimit } from '../system/log-limit.ts'
import { Mark } from '../observe/mark.ts'
import { EventBatchBuilder, type EventBatch } from './event-batch.ts'
import type { WorkflowRequest } from './workflow-messages.ts'

/** Most Events sent to the guest's thread together; it asks again when they are polled. */
const batchEventsMax = 1024

/** What a run needs of the runtime. */
export interface WorkflowWorld {
  readonly engine: Engine
  /** Evaluates once. @throws {SlungError} why it cannot; a promise rejects with the same */
  readonly history: (query: Query) => Eventually<number>
  /** Takes a sample that the workflow writes. @throws {SlungError} why it is refused */
  readonly write: (series: Series, timestamp: Micros, value: number) => void
  /** Resolves when there is room for a sample that it writes. */
  readonly room: () => Promise<void>
  /** Sends a text to a producer. @throws {HostRefusal} for an unknown or closed connection */
  readonly sendText: (producer: ProducerId, text: string) => void
}

export interface SessionWorld extends WorkflowWorld {
  readonly clock: Clock
  readonly timers: Pick<Timers, 'after'>
  /** Passes a message to the author, such as a warning about a query. */
  readonly tell: (text: string) => void
}

interface Parked {
  readonly holding: ReadonlySet<number>
  readonly answer: (batch: EventBatch) => void
  readonly refuse: (error: Error) => void
  readonly tick: Timer
}

export class WorkflowSession {
  readonly #world: SessionWorld
  readonly #tickMillis: number
  readonly #handles: HandleTable
  readonly #warnings: LogLimit
  #parked: Parked | undefined
  #end: EndOfRun | undefined
  /** Position of the newest sample whose Events were sent to the guest's thread. */
  #takenArrival = 0
  /** The marks that the guest has not reached yet. */
  #marks: Mark[] = []

  constructor(world: SessionWorld, tickMillis: number) {
    this.#world = world
    this.#warnings = new LogLimit(world.clock)
    this.#tickMillis = tickMillis
    this.#handles = new HandleTable(world.engine)
  }

  get handles(): HandleStatus[] {
    return this.#handles.status()
  }

  get counters(): { readonly delivered: number; readonly coalesced: number; readonly late: number } {
    const { deliveredCount, coalescedCount, lateCount } = this.#handles
    return { delivered: deliveredCount, coalesced: coalescedCount, late: lateCount }
  }

  /** Whether the guest is waiting for Events and has none. */
  get isIdle(): boolean {
    return this.#parked !== undefined
  }

  /** Does what the guest asks. @throws {HostRefusal | EndOfRun} */
  async answer(request: WorkflowRequest): Promise<unknown> {
    if (this.#end !== undefined) throw this.#end
    switch (request.kind) {
      case 'live':
        return this.#open(request.query)
      case 'history':
        return this.#askHistory(request.query)
      case 'poll':
        return this.#poll(request.holding)
      case 'write':
        return this.#write(request)
      case 'ws':
        return this.#world.sendText(request.producer, request.text)
    }
  }

  /** The guest has freed a handle. */
  free(handle: number): void {
    this.#handles.free(handle)
  }

  /** To be called after samples were appended: wakes the guest if it is waiting for them. */
  offer(): void {
    const parked = this.#parked
    if (parked !== undefined && this.#handles.isWaiting(parked.holding)) this.#unpark(parked)
  }

  /** Marks this place in the input: the guest passes it when it polls for later samples. */
  mark(): Mark {
    const parked = this.#parked
    const mark = new Mark(Math.max(this.#handles.newestArrival, this.#takenArrival))
    if (parked !== undefined && !this.#handles.isWaiting(parked.holding)) mark.pass()
    else this.#marks.push(mark)
    return mark
  }

  /** Ends the run at the guest's next host call, or immediately when it is waiting. */
  stop(outcome: string): void {
    this.#end = new EndOfRun(outcome)
    const parked = this.#parked
    if (parked === undefined) return
    this.#leave(parked)
    parked.refuse(this.#end)
  }

  /** Frees everything, once the guest has ended. */
  close(): void {
    if (this.#parked !== undefined) this.#leave(this.#parked)
    this.#handles.close()
  }

  #open(text: string): number {
    const query = refusing(() => this.#parse(text))
    return refusing(() => this.#handles.open(query))
  }

  #askHistory(text: string): Eventually<number> {
    const answer = refusing(() => this.#world.history(this.#parse(text)))
    return answer instanceof Promise ? refusingLater(answer) : answer
  }

  #parse(text: string): Query {
    const query = parseQuery(text)
    // A guest may repeat a query again and again.
    for (const warning of query.warnings) if (this.#warnings.admit()) this.#world.tell(`warning: ${warning}`)
    return query
  }

  #poll(holding: ReadonlySet<number>): EventBatch | Promise<EventBatch> {
    const isWaiting = this.#handles.isWaiting(holding)
    if (this.#marks.length > 0) this.#passMarks(isWaiting ? this.#handles.oldestArrival() : Number.POSITIVE_INFINITY)
    if (isWaiting) return this.#takeBatch(holding)
    const { promise, resolve, reject } = Promise.withResolvers<EventBatch>()
    const parked: Parked = {
      holding,
      answer: resolve,
      refuse: reject,
      tick: this.#world.timers.after(this.#tickMillis, () => this.#unpark(parked)),
    }
    this.#parked = parked
    return promise
  }

  /** @param arrival - of the oldest sample that the guest has not heard of yet */
  #passMarks(arrival: number): void {
    const [passed, ahead] = [
      this.#marks.filter((mark) => mark.arrival < arrival),
      this.#marks.filter((mark) => mark.arrival >= arrival),
    ]
    this.#marks = ahead
    for (const mark of passed) mark.pass()
  }

  #unpark(parked: Parked): void {
    this.#leave(parked)
    parked.answer(this.#takeBatch(parked.holding))
  }

  #leave(parked: Parked): void {
    parked.tick.cancel()
    this.#parked = undefined
  }

  #takeBatch(holding: ReadonlySet<number>): EventBatch {
    const builder = new EventBatchBuilder()
    this.#handles.take(batchEventsMax, holding, (handle, arrival, event) => {
      this.#takenArrival = arrival
      builder.add(handle, arrival, event)
    })
    return builder.finish()
  }

  async #write({ series, tags, timestamp, value }: Extract<WorkflowRequest, { kind: 'write' }>): Promise<void> {
    const { write, room } = this.#world
    await room()
    refusing(() => write(createSeries(series, tags), timestamp, value))
  }
}
