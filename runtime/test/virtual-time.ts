/**
 * The clock and the timers of staging for tests: time stands still until the test moves it, and then passes instantly.
 * The same calls have the same effects in the same order, every time.
 */
import { BinaryHeap } from '../src/engine/aggregate/binary-heap.ts'
import type { Clock, Timer, Timers } from '../src/staging/system/clock.ts'

interface Due {
  readonly atMicros: number
  /** Timers due at the same moment are called in the order of their creation. */
  readonly order: number
  readonly action: () => void
  isCancelled: boolean
}

export class VirtualTime implements Clock, Timers {
  #micros: number
  #asked = 0
  readonly #due = new BinaryHeap<Due>((left, right) =>
    left.atMicros === right.atMicros ? left.order < right.order : left.atMicros < right.atMicros,
  )
  #turnEnds: Due[] = []

  /** @param startMicros - since the Unix epoch */
  constructor(startMicros = 1_767_225_600_000_000) {
    this.#micros = startMicros
  }

  now(): number {
    return this.#micros
  }

  elapsedMillis(): number {
    return this.#micros / 1000
  }

  after(millis: number, action: () => void): Timer {
    const due = this.#ask(millis, action)
    this.#due.push(due)
    return cancelling(due)
  }

  every(millis: number, action: () => void): Timer {
    let timer: Timer
    const again = (): void => {
      timer = this.after(millis, again)
      action()
    }
    timer = this.after(millis, again)
    return { cancel: () => timer.cancel() }
  }

  atTurnEnd(action: () => void): Timer {
    const due = this.#ask(0, action)
    this.#turnEnds.push(due)
    return cancelling(due)
  }

  /** Resolves when nothing more happens at this moment: promise reactions and ends of turns have run. */
  async settle(): Promise<void> {
    await reactions()
    while (this.#turnEnds.length > 0) {
      const turnEnds = this.#turnEnds
      this.#turnEnds = []
      for (const due of turnEnds) if (!due.isCancelled) due.action()
      await reactions()
    }
  }

  /** Lets time pass, with everything that is due meanwhile. */
  async advance(millis: number): Promise<void> {
    const endMicros = this.#micros + millis * 1000
    await this.settle()
    for (let due = this.#takeNext(endMicros); due !== undefined; due = this.#takeNext(endMicros)) {
      this.#micros = due.atMicros
      due.action()
      await this.settle()
    }
    this.#micros = endMicros
  }

  /**
   * Lets time pass until a promise is settled.
   *
   * @param millisMax - how long that may take
   * @throws {Error} when it takes longer, or nothing is left that could settle it; otherwise what the promise rejects
   *   with
   */
  async until<Value>(promise: Promise<Value>, millisMax: number): Promise<Value> {
    const endMicros = this.#micros + millisMax * 1000
    const waited = { isOver: false }
    const settle = (): void => {
      waited.isOver = true
    }
    promise.then(settle, settle)
    await this.settle()
    while (!waited.isOver) {
      const due = this.#takeNext(endMicros)
      if (due === undefined) throw new Error(`it is not over after ${millisMax} ms`)
      this.#micros = due.atMicros
      due.action()
      await this.settle()
    }
    return promise
  }

  #ask(millis: number, action: () => void): Due {
    // As in Node, no timer is due immediately: two that wait for each other would stop the clock.
    const atMicros = this.#micros + Math.max(1, Math.round(millis * 1000))
    return { atMicros, order: this.#asked++, action, isCancelled: false }
  }

  #takeNext(endMicros: number): Due | undefined {
    for (let due = this.#due.peek(); due !== undefined && due.atMicros <= endMicros; due = this.#due.peek()) {
      this.#due.pop()
      if (!due.isCancelled) return due
    }
    return undefined
  }
}

function cancelling(due: Due): Timer {
  return {
    cancel() {
      due.isCancelled = true
    },
  }
}

/** Resolves when the reactions of all settled promises have run, and the reactions to those. */
function reactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
