/**
 * Bounds how much a guest prints: a loop that logs would fill the other thread's memory and the log's disk.
 *
 * A bucket of lines that refills with time; lines that do not fit are counted and reported with the next one that does.
 */
import type { Clock } from './clock.ts'

const burstLines = 2000
const linesPerSecond = 200

export class LogLimit {
  readonly #clock: Pick<Clock, 'elapsedMillis'>
  #tokens = burstLines
  #filledAtMillis: number
  #droppedCount = 0

  constructor(clock: Pick<Clock, 'elapsedMillis'>) {
    this.#clock = clock
    this.#filledAtMillis = clock.elapsedMillis()
  }

  /** Whether one more line may pass. */
  admit(): boolean {
    const nowMillis = this.#clock.elapsedMillis()
    this.#tokens = Math.min(burstLines, this.#tokens + ((nowMillis - this.#filledAtMillis) / 1000) * linesPerSecond)
    this.#filledAtMillis = nowMillis
    if (this.#tokens < 1) {
      this.#droppedCount++
      return false
    }
    this.#tokens--
    return true
  }

  /** How many lines did not pass since the last call. */
  takeDropped(): number {
    const count = this.#droppedCount
    this.#droppedCount = 0
    return count
  }
}
