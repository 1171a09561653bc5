/** Promises that wait until a number that only grows has reached their target. */
import type { SlungError } from '../engine/model/slung-error.ts'

interface Waiter {
  readonly target: number
  readonly resolve: () => void
  readonly reject: (reason: SlungError) => void
}

export class Waiters {
  /** In ascending order of their targets. */
  #waiting: Waiter[] = []
  #failure: SlungError | null = null

  /** The highest target of a wait; `null` when nothing waits. */
  get newestTarget(): number | null {
    return this.#waiting.at(-1)?.target ?? null
  }

  /**
   * Resolves when `target` is reached.
   *
   * @param target - not below that of an earlier wait
   * @throws {SlungError} the reason of `fail`, before or after this call
   */
  wait(target: number): Promise<void> {
    if (this.#failure !== null) return Promise.reject(this.#failure)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ target, resolve, reject })
    return promise
  }

  /** Ends the waits for targets up to `reached`. */
  release(reached: number): void {
    const count = this.#waiting.findIndex(({ target }) => target > reached)
    for (const { resolve } of this.#waiting.splice(0, count < 0 ? this.#waiting.length : count)) resolve()
  }

  /** Rejects present waits and later ones. */
  fail(reason: SlungError): void {
    this.#failure = reason
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }
}
