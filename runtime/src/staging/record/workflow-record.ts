/**
 * One workflow as one recording sees it: which of its writebacks belong to the recording. Those about earlier samples
 * do not, though they may come after it began, and those about its last samples do, though they come after its end.
 */
import type { GuestOutcome } from '../../guest/contract/guest-outcome.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import { Mark, type Reached } from '../observe/mark.ts'
import type { Moment } from '../observe/observer.ts'
import type { MadeWriteback } from './expected-entry.ts'

/** Called in order; nothing follows `onFinished` or `onEnded`. */
export interface RecordListener {
  onWriteback(made: MadeWriteback, moment: Moment): void
  /** A workflow that was not running when the recording began is started. */
  onStarted(at: Micros): void
  /** It has done everything that it does about the samples of the recording. */
  onFinished(reached: Reached): void
  /** Its run ended on its own, and with it its part of the recording. */
  onEnded(outcome: Exclude<GuestOutcome, { kind: 'ended' }>, at: Micros): void
}

export class WorkflowRecord {
  readonly #listener: RecordListener
  /** `undefined` until the first run. */
  #begin: Mark | undefined
  #end: Mark | undefined
  #isOver = false
  readonly #done = Promise.withResolvers<void>()

  /** @param begin - where the recording begins in the current run; `undefined` = it begins with the next run */
  constructor(listener: RecordListener, begin: Mark | undefined) {
    this.#listener = listener
    this.#begin = begin
  }

  /** Resolves when nothing more follows: after `finish`, or because the run is over. */
  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Ends the recording here. @param end - in the current run; `undefined` = no run */
  finish(end: Mark | undefined): void {
    this.#end = end
    if (end === undefined || this.#begin === undefined) this.close()
    else
      void end.passed.then((reached) => {
        if (this.#isOver) return
        this.#listener.onFinished(reached)
        this.close()
      })
  }

  /** Takes nothing more. */
  close(): void {
    this.#isOver = true
    this.#done.resolve()
  }

  /** @param at - everything that arrived before is history to it */
  startRun(at: Micros): void {
    if (this.#begin !== undefined || this.#isOver) return
    this.#begin = new Mark(0, at)
    this.#begin.pass({ at, isHolding: false })
    this.#listener.onStarted(at)
  }

  take(made: MadeWriteback, moment: Moment | null): void {
    if (moment !== null && this.#includes(moment.arrival)) this.#listener.onWriteback(made, moment)
  }

  /** @param arrival - of the newest sample that the guest knew; `null` = unknown */
  endRun(outcome: GuestOutcome, arrival: number | null, now: Micros): void {
    if (this.#begin === undefined || this.#isOver) return
    if (arrival !== null && !this.#begin.isBefore(arrival) && this.#end === undefined) {
      // It ended over an earlier sample: the next run is the one to record.
      this.#begin = undefined
      return
    }
    if (outcome.kind !== 'ended' && (arrival === null || this.#includes(arrival))) this.#listener.onEnded(outcome, now)
    this.close()
  }

  #includes(arrival: number): boolean {
    if (this.#isOver || this.#begin?.isBefore(arrival) !== true) return false
    return this.#end?.isBefore(arrival) !== true
  }
}
