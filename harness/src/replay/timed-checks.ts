/**
 * Questions to the engine at certain times of a replay. They see everything that has arrived by then, which a workflow
 * that is busy or waits for an answer may not have seen: so they have a store of their own.
 */
import { Engine, MemoryStore, type Micros, type Query, type Series, type SeriesId } from '@slung/runtime'
import type { Feed } from './feed.ts'

export interface TimedQuery {
  readonly at: Micros
  readonly query: Query
}

export class TimedChecks {
  readonly #checks: readonly TimedQuery[]
  readonly #feed: Feed
  readonly #engine: Engine
  /** By index into the feed's table of series; `undefined` until the first row of a series. */
  readonly #seriesIds: (SeriesId | undefined)[] = []
  readonly #answers: number[] = []
  #nextRow = 0
  #now: Micros = 0

  /** @param checks - ascending by time */
  constructor(checks: readonly TimedQuery[], feed: Feed) {
    this.#checks = checks
    this.#feed = feed
    this.#engine = new Engine({ store: new MemoryStore(), now: () => this.#now })
  }

  /** Takes a sample that the workflow writes. @param at - never before that of an earlier one */
  write(series: Series, timestamp: Micros, value: number, at: Micros): void {
    if (this.#checks.length === 0) return
    this.#answerUntil(at - 1)
    this.#arriveUntil(at)
    this.#engine.append(this.#engine.intern(series), timestamp, value)
  }

  /** Answers up to a time, in the order of the checks. A check sees everything that arrived up to and including its instant. */
  answersUntil(at: Micros): readonly number[] {
    this.#answerUntil(at)
    return this.#answers
  }

  #answerUntil(at: Micros): void {
    for (let check = this.#next; check !== undefined && check.at <= at; check = this.#next) {
      this.#arriveUntil(check.at)
      this.#now = check.at
      this.#answers.push(this.#engine.history(check.query))
    }
  }

  get #next(): TimedQuery | undefined {
    return this.#checks[this.#answers.length]
  }

  #arriveUntil(at: Micros): void {
    const { arrives, series, seriesTable, timestamps, values, count } = this.#feed
    for (; this.#nextRow < count && arrives[this.#nextRow]! <= at; this.#nextRow++) {
      const index = series[this.#nextRow]!
      const id = (this.#seriesIds[index] ??= this.#engine.intern(seriesTable[index]!))
      this.#engine.append(id, timestamps[this.#nextRow]!, values[this.#nextRow]!)
    }
  }
}
