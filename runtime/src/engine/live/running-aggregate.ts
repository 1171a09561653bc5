/** Implements `Aggregate` for a live query without a range or with a fixed one: nothing ever leaves. */
import type { ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Operator, TimeSpan } from '../query/query.ts'
import { Summary } from '../aggregate/summary.ts'
import type { Acceptance, Aggregate } from './aggregate.ts'
import { Contributors } from './contributors.ts'

export class RunningAggregate implements Aggregate {
  readonly sampleCount = 0
  readonly #span: TimeSpan | null
  readonly #summary: Summary
  readonly #contributors = new Contributors()

  /**
   * @param span - only samples inside count; `null` = all
   * @param seed - summary of the span at subscription; owned by this object from now on
   */
  constructor(span: TimeSpan | null, seed: Summary) {
    this.#span = span
    this.#summary = seed
  }

  /** A summary serves every operator. */
  serve(): void {}

  accept(timestamp: Micros, value: number, producer: ProducerId): Acceptance {
    if (this.#span !== null && (timestamp < this.#span.start || timestamp > this.#span.end)) return 'outside'
    this.#summary.add(value)
    this.#contributors.add(producer)
    return 'counted'
  }

  addMissed(missed: Summary): void {
    this.#summary.addSummary(missed)
  }

  value(operator: Operator): number {
    return this.#summary.value(operator)
  }

  producers(): readonly ProducerId[] {
    return this.#contributors.list()
  }

  closeProducer(producer: ProducerId): void {
    this.#contributors.close(producer)
  }
}
