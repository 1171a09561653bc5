/**
 * An aggregate, and the live queries that read it: one, or several that see the same samples forever.
 *
 * Windows over the same series and of the same width differ only by what they began with, and by which samples came
 * since. So those that were opened at the same place in the order of arrival share one, whatever their operators are.
 * A window that was opened later does not: where a sample repeats a stored one, an older window holds both.
 */
import type { Summary } from '../aggregate/summary.ts'
import type { LiveEvent, ProducerId } from '../model/live-event.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Operator, Query } from '../query/query.ts'
import type { Aggregate } from './aggregate.ts'
import type { LiveQuery } from './live-query.ts'
import { createAggregate, type Seed } from './seed.ts'

/** Live queries with the same operator: each gets the same Events. */
interface ReaderGroup {
  readonly operator: Operator
  readonly readers: LiveQuery[]
}

export class SharedAggregate {
  /** That of its first reader: the others have the same series, tags and range. */
  readonly query: Query
  #aggregate: Aggregate
  /** By operator. Arrays, because they are gone through for every sample. */
  #groups: readonly ReaderGroup[] = []
  #hasCounted = false

  constructor(query: Query, seed: Seed) {
    this.query = query
    this.#aggregate = createAggregate([query.operator], seed)
  }

  /** Whether it has counted a sample since its seed: from then on nobody can join. */
  get hasCounted(): boolean {
    return this.#hasCounted
  }

  /** Samples that it holds in memory. */
  get sampleCount(): number {
    return this.#aggregate.sampleCount
  }

  /** Adds a reader, before it has counted a sample. */
  join(liveQuery: LiveQuery): void {
    const { operator } = liveQuery.query
    const group = this.#groups.find((other) => other.operator === operator)
    if (group !== undefined) {
      group.readers.push(liveQuery)
      return
    }
    this.#aggregate.serve(operator)
    this.#groups = [...this.#groups, { operator, readers: [liveQuery] }]
  }

  leave(liveQuery: LiveQuery): void {
    this.#groups = this.#groups.flatMap(({ operator, readers }) => {
      const others = readers.filter((reader) => reader !== liveQuery)
      return others.length === 0 ? [] : [{ operator, readers: others }]
    })
  }

  /**
   * Takes a matching sample: updates the aggregate and queues an Event with each reader, or neither for a sample outside
   * the range.
   *
   * @param at - when it arrived
   * @returns whether it made Events
   */
  accept(timestamp: Micros, value: number, tags: readonly string[], producer: ProducerId, at: Micros): boolean {
    const aggregate = this.#aggregate
    const acceptance = aggregate.accept(timestamp, value, producer)
    if (acceptance !== 'counted') {
      if (acceptance === 'late') for (const { readers } of this.#groups) readers.forEach(noteLate)
      return false
    }
    this.#hasCounted = true
    const producers = aggregate.producers()
    const groups = this.#groups
    for (let index = 0; index < groups.length; index++) {
      const { operator, readers } = groups[index]!
      const event: LiveEvent = { timestamp, value: aggregate.value(operator), tags, producers }
      for (let reader = 0; reader < readers.length; reader++) readers[reader]!.push(event, at)
    }
    return true
  }

  /** Continues after samples that it does not see. @param missed - those samples; only where nothing ever leaves */
  addMissed(missed: Summary): void {
    this.#aggregate.addMissed?.(missed)
    this.#hasCounted = true
  }

  /** Continues after samples that it does not see. @param seed - the window after them */
  restart(seed: Seed): void {
    this.#aggregate = createAggregate(
      this.#groups.map(({ operator }) => operator),
      seed,
    )
    this.#hasCounted = true
  }

  closeProducer(producer: ProducerId): void {
    this.#aggregate.closeProducer(producer)
  }
}

function noteLate(reader: LiveQuery): void {
  reader.noteLate()
}
