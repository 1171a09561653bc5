/**
 * One group of a shared aggregate: the series with the same value of the key that their query groups by, or all series
 * of a query without groups. A sample finds it through the list of its series (`subscriptions.ts`).
 */
import type { Summary } from '../aggregate/summary.ts'
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Operator } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import { createAggregate, type GroupSeed } from './seed.ts'
import type { SharedAggregate } from './shared-aggregate.ts'
import { groupSamples } from './window-limit.ts'

export class AggregateGroup {
  readonly source: SharedAggregate
  /** Counts from 0 within its source. */
  readonly number: number
  /** `undefined` until its first sample. */
  #aggregate: Aggregate | undefined
  #sampleCount = 0
  #hasCounted = false

  constructor(source: SharedAggregate, number: number) {
    this.source = source
    this.number = number
  }

  /** Samples that it holds in memory, and what it takes up besides; 0 until something counts. */
  get sampleCount(): number {
    return this.#sampleCount
  }

  /** Begins with the samples of a seed. */
  begin(operators: Iterable<Operator>, seed: GroupSeed): void {
    this.#aggregate = createAggregate(operators, seed)
    this.#count()
  }

  /** As before the first sample. */
  clear(): void {
    this.#aggregate = undefined
    this.#sampleCount = 0
    this.#hasCounted = false
  }

  /** Keeps what `operator` reads. */
  serve(operator: Operator): void {
    this.#aggregate?.serve(operator)
  }

  /**
   * Takes a sample: updates the aggregate and queues an Event with each reader, or neither for a sample outside the
   * range.
   *
   * @param at - when it arrived
   * @returns whether it made Events
   */
  accept(timestamp: Micros, value: number, tags: readonly string[], producer: ProducerId, at: Micros): boolean {
    const aggregate = this.#present()
    const acceptance = aggregate.accept(timestamp, value, producer)
    const { readers: all } = this.source
    if (acceptance !== 'counted') {
      if (acceptance === 'late') for (const { readers } of all) for (const reader of readers) reader.noteLate()
      return false
    }
    this.#count()
    const producers = aggregate.producers()
    for (let index = 0; index < all.length; index++) {
      const { operator, readers } = all[index]!
      const event: LiveEvent = { timestamp, value: aggregate.value(operator), tags, producers }
      for (let reader = 0; reader < readers.length; reader++) readers[reader]!.push(event, at, this.number)
    }
    return true
  }

  /** Continues after samples that it does not see; only where nothing ever leaves. */
  addMissed(missed: Summary): void {
    this.#present().addMissed?.(missed)
    this.#count()
  }

  closeProducer(producer: ProducerId): void {
    this.#aggregate?.closeProducer(producer)
  }

  #present(): Aggregate {
    this.#aggregate ??= createAggregate(this.source.operators(), this.source.seedOfNewGroup)
    return this.#aggregate
  }

  /** Something counts, or has left. */
  #count(): void {
    const count = this.#aggregate!.sampleCount + (this.source.isGrouped ? groupSamples : 0)
    if (!this.#hasCounted) this.source.noteGroup()
    this.#hasCounted = true
    this.source.noteChange(count - this.#sampleCount)
    this.#sampleCount = count
  }
}
