/**
 * Tells a message that comes again and again from a new one. The first is logged; the same again within the minute is
 * counted, and at the end of the minute one line says how often it came. A message that did not come again in that
 * time is new again.
 */
import type { Timer, Timers } from '../system/clock.ts'

/** Between two lines about the same message. */
const periodMillis = 60_000
/** Different messages that are remembered, and the length of one: 400 KB at most. Others are always new. */
const textsMax = 100
const textUnitsMax = 2048

export class Repeats {
  readonly #timers: Pick<Timers, 'after'>
  readonly #write: (text: string) => void
  /** How often each came since it was written, oldest first. */
  readonly #counts = new Map<string, number>()
  #timer: Timer | undefined

  /** @param write - receives `repeated 17 times: …` */
  constructor(timers: Pick<Timers, 'after'>, write: (text: string) => void) {
    this.#timers = timers
    this.#write = write
  }

  /** Whether a message is to be logged now; otherwise it is counted. */
  isNew(text: string): boolean {
    const count = this.#counts.get(text)
    if (count !== undefined) {
      this.#counts.set(text, count + 1)
      return false
    }
    if (text.length > textUnitsMax) return true
    if (this.#counts.size === textsMax) this.#forget(this.#counts.keys().next().value!)
    this.#counts.set(text, 0)
    this.#timer ??= this.#timers.after(periodMillis, () => this.#endPeriod())
    return true
  }

  /** Writes what is counted, and forgets everything. */
  close(): void {
    this.#timer?.cancel()
    this.#timer = undefined
    for (const text of this.#counts.keys()) this.#forget(text)
  }

  #endPeriod(): void {
    for (const [text, count] of this.#counts) {
      if (count === 0) this.#counts.delete(text)
      else {
        this.#writeCount(text, count)
        this.#counts.set(text, 0)
      }
    }
    this.#timer = this.#counts.size === 0 ? undefined : this.#timers.after(periodMillis, () => this.#endPeriod())
  }

  #forget(text: string): void {
    const count = this.#counts.get(text)!
    this.#counts.delete(text)
    if (count > 0) this.#writeCount(text, count)
  }

  #writeCount(text: string, count: number): void {
    this.#write(`repeated ${count === 1 ? 'once' : `${count} times`}: ${text}`)
  }
}
