/**
 * Divides the engine's thread: questions about the past, which may take long, are answered in slices between the
 * samples that arrive.
 *
 * While samples arrive and are written, all questions together have a twenty-fifth of the time; otherwise they have all
 * of it. Those who ask take turns, so one with a thousand questions gets no more than one with one: waiting is its own.
 */
import { finish, type Slice, type Steps } from '../../engine/model/steps.ts'
import type { Clock, Timers } from './clock.ts'

export interface FairTurnsOptions {
  /** What slices are measured with. */
  readonly clock: Pick<Clock, 'elapsedMillis'>
  readonly timers: Pick<Timers, 'after' | 'atTurnEnd'>
  /** How many samples have arrived so far. */
  readonly arrivedCount: () => number
  /** Whether samples are on their way to the disk. */
  readonly isCommitting: () => boolean
}

/** So long may samples have to wait: a fraction of what their way to the disk takes. */
const sliceMillis = 0.5
/**
 * How many times as long as a slice the others have before the next one, while samples arrive. More than nine: messages
 * take time too, and the thread may be off its core for a part of it.
 */
const othersShare = 24
/** Samples count as arriving for so long after the last one was acknowledged: senders answer that with further ones. */
const quietMillis = 20
/** What receiving a question and sending its answer costs, besides the answer itself. */
const messageMillis = 0.05

export class FairTurns {
  readonly #options: FairTurnsOptions
  /** Those with work to do. The first has the next turn. */
  readonly #waiting: Asker[] = []
  readonly #slice: Slice
  #sliceEnd = 0
  /** Whether the next turns are given without anybody asking. */
  #isScheduled = false
  /** While samples arrive, nobody has a turn before. */
  #freeAt = Number.NEGATIVE_INFINITY
  /** As of the latest look, and until when they count as arriving. */
  #arrivedCount: number
  #busyUntil = Number.NEGATIVE_INFINITY

  constructor(options: FairTurnsOptions) {
    const { clock, arrivedCount } = options
    const isOver = (): boolean => clock.elapsedMillis() >= this.#sliceEnd
    this.#options = options
    this.#arrivedCount = arrivedCount()
    this.#slice = {
      get isOver() {
        return isOver()
      },
    }
  }

  /** Adds somebody who asks. */
  createAsker(): Asker {
    return new Asker(this.#slice, (asker) => this.#enter(asker))
  }

  #enter(asker: Asker): void {
    if (!this.#waiting.includes(asker)) this.#waiting.push(asker)
    if (!this.#isScheduled) this.#giveTurnsUnlessBusy()
  }

  #giveTurnsUnlessBusy(): void {
    const { clock, timers, arrivedCount, isCommitting } = this.#options
    const now = clock.elapsedMillis()
    const count = arrivedCount()
    // Where there is a single core, what writes them needs it too.
    if (count !== this.#arrivedCount || isCommitting()) this.#busyUntil = now + quietMillis
    this.#arrivedCount = count
    const waitMillis = now < this.#busyUntil ? this.#freeAt - now : 0
    this.#isScheduled = true
    if (waitMillis > 0) timers.after(waitMillis, () => this.#giveTurns())
    else this.#giveTurns()
  }

  #giveTurns(): void {
    const { clock, timers } = this.#options
    const startedAt = clock.elapsedMillis()
    this.#sliceEnd = startedAt + sliceMillis
    let doneCount = 0
    do {
      const asker = this.#waiting.shift()
      if (asker === undefined) break
      doneCount += asker.work()
      if (asker.isWaiting) this.#waiting.push(asker)
    } while (!this.#slice.isOver)
    const spentMillis = clock.elapsedMillis() - startedAt + doneCount * messageMillis
    // Time that nobody has asked for is saved up, but only for one slice; and time that nobody else wanted is not owed.
    const from = Math.min(Math.max(this.#freeAt, startedAt - othersShare * sliceMillis), startedAt)
    this.#freeAt = from + (1 + othersShare) * spentMillis
    // One slice in an event turn: what has come to the sockets meanwhile goes first.
    timers.atTurnEnd(() => {
      this.#isScheduled = false
      if (this.#waiting.length > 0) this.#giveTurnsUnlessBusy()
    })
  }
}

interface Job {
  readonly steps: Steps<unknown>
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Somebody who asks: a workflow, or all clients together. Its questions take turns too. */
export class Asker {
  readonly #slice: Slice
  readonly #enter: (asker: Asker) => void
  #jobs: Job[] = []
  #end: Error | undefined

  constructor(slice: Slice, enter: (asker: Asker) => void) {
    this.#slice = slice
    this.#enter = enter
  }

  /** Whether it has work to do. */
  get isWaiting(): boolean {
    return this.#jobs.length > 0
  }

  /** Does work in slices, as soon as it has a turn. @throws what the work throws, or the reason of `close` */
  ask<Result>(work: (slice: Slice) => Steps<Result>): Promise<Result> {
    if (this.#end !== undefined) return Promise.reject(this.#end)
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#jobs.push({ steps: work(this.#slice), resolve: (result) => resolve(result as Result), reject })
    this.#enter(this)
    return promise
  }

  /** Ends all its questions, and refuses later ones. */
  close(reason: Error): void {
    this.#end ??= reason
    const jobs = this.#jobs
    this.#jobs = []
    for (const { steps, reject } of jobs) {
      steps.return(undefined)
      reject(this.#end)
    }
  }

  /** Answers all its questions now, however long that takes: soon, what they are about will not be there any more. */
  finish(): void {
    const jobs = this.#jobs
    this.#jobs = []
    for (const { steps, resolve, reject } of jobs) {
      try {
        resolve(finish(steps))
      } catch (error) {
        reject(error)
      }
    }
  }

  /** Works on one question until it is answered, or the slice is over. @returns how many were answered */
  work(): number {
    const job = this.#jobs.shift()
    if (job === undefined) return 0
    try {
      for (;;) {
        const { done, value } = job.steps.next()
        if (done === true) {
          job.resolve(value)
          return 1
        }
        if (this.#slice.isOver) {
          this.#jobs.push(job)
          return 0
        }
      }
    } catch (error) {
      job.reject(error)
      return 1
    }
  }
}
