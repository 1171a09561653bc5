/**
 * A place in the input of a workflow, between two samples. Workflows run at their own pace, so what one does at a
 * moment may still be about a much earlier sample.
 */
import type { Micros } from '../../engine/model/timestamp.ts'

/** Where a workflow was when it passed a mark. */
export interface Reached {
  /** The time of its position. */
  readonly at: Micros
  /** Whether a handle held Events that it had left unpolled. */
  readonly isHolding: boolean
}

export class Mark {
  /** Position of the newest sample before it. */
  readonly arrival: number
  /** When it was made: after all samples before it. */
  readonly at: Micros
  readonly #passed = Promise.withResolvers<Reached>()
  #isPassed = false

  constructor(arrival: number, at: Micros) {
    this.arrival = arrival
    this.at = at
  }

  /** Resolves when the workflow has done everything that it does about samples before the mark. */
  get passed(): Promise<Reached> {
    return this.#passed.promise
  }

  /** Whether what the workflow does now is after the mark. @param arrival - of the newest sample that it knows */
  isBefore(arrival: number): boolean {
    return this.#isPassed || arrival > this.arrival
  }

  /**
   * Passes it, if the workflow has.
   *
   * @param next - the next sample that concerns the workflow; +Infinity when there is none
   * @param nextTick - when its next tick is over
   * @param reached - where it is
   * @returns whether it has
   */
  passIf(next: number, nextTick: Micros, reached: Reached): boolean {
    if (next <= this.arrival || nextTick <= this.at) return false
    this.pass(reached)
    return true
  }

  pass(reached: Reached): void {
    this.#isPassed = true
    this.#passed.resolve(reached)
  }
}
