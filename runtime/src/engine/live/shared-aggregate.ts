/**
 * An aggregate, or one for each group, and the live queries that read it: one, or several that see the same samples
 * forever.
 *
 * Windows over the same series and of the same width differ only by what they began with, and by which samples came
 * since. So those that were opened at the same place in the order of arrival share one, whatever their operators are.
 * A window that was opened later does not: where a sample repeats a stored one, an older window holds both.
 */
import type { Summary } from '../aggregate/summary.ts'
import type { ProducerId } from '../model/live-event.ts'
import { groupKey, groupTags } from '../query/group-tags.ts'
import type { Operator, Query } from '../query/query.ts'
import { AggregateGroup } from './aggregate-group.ts'
import type { LiveQuery } from './live-query.ts'
import { seedOfNewGroup, seedsOfGroups, type GroupSeed, type Seed } from './seed.ts'

/** Live queries with the same operator: each gets the same Events. */
interface Readers {
  readonly operator: Operator
  readonly readers: LiveQuery[]
}

export class SharedAggregate {
  /** That of its first reader: the others have the same series, tags and range. */
  readonly query: Query
  /** What a group begins with that appears later. */
  readonly seedOfNewGroup: GroupSeed
  readonly isGrouped: boolean
  readonly #groups = new Map<string, AggregateGroup>()
  /** By operator. Arrays, because they are gone through for every sample. */
  #readers: readonly Readers[] = []
  #sampleCount = 0
  #groupCount = 0
  #hasCounted = false

  constructor(query: Query, seed: Seed) {
    this.query = query
    this.seedOfNewGroup = seedOfNewGroup(seed)
    this.isGrouped = query.groupBy.length > 0
    this.#begin([query.operator], seed)
  }

  /** The readers, by operator. */
  get readers(): readonly Readers[] {
    return this.#readers
  }

  /** Whether it has counted a sample since its seed: from then on nobody can join. */
  get hasCounted(): boolean {
    return this.#hasCounted
  }

  /** Samples that it holds in memory; of a grouped query, with what each group takes up besides. */
  get sampleCount(): number {
    return this.#sampleCount
  }

  /** How many groups have counted a sample, or began with some. */
  get groupCount(): number {
    return this.#groupCount
  }

  operators(): readonly Operator[] {
    return this.#readers.map(({ operator }) => operator)
  }

  /** The group of a series that the query selects. @param tags - of the series */
  groupOf(tags: readonly string[]): AggregateGroup {
    return this.#group(groupKey(groupTags(this.query, tags)))
  }

  /** Adds a reader, before it has counted a sample. */
  join(liveQuery: LiveQuery): void {
    const { operator } = liveQuery.query
    const known = this.#readers.find((other) => other.operator === operator)
    if (known !== undefined) {
      known.readers.push(liveQuery)
      return
    }
    for (const group of this.#groups.values()) group.serve(operator)
    this.#readers = [...this.#readers, { operator, readers: [liveQuery] }]
  }

  leave(liveQuery: LiveQuery): void {
    this.#readers = this.#readers.flatMap(({ operator, readers }) => {
      const others = readers.filter((reader) => reader !== liveQuery)
      return others.length === 0 ? [] : [{ operator, readers: others }]
    })
  }

  /** Continues after samples that it does not see. @param missed - by group; only where nothing ever leaves */
  addMissed(missed: ReadonlyMap<string, Summary>): void {
    for (const [key, summary] of missed) this.#group(key).addMissed(summary)
    this.#hasCounted = true
  }

  /** Continues after samples that it does not see. @param seed - the windows after them */
  restart(seed: Seed): void {
    for (const group of this.#groups.values()) group.clear()
    this.#sampleCount = 0
    this.#groupCount = 0
    this.#begin(this.operators(), seed)
    this.#hasCounted = true
  }

  closeProducer(producer: ProducerId): void {
    for (const group of this.#groups.values()) group.closeProducer(producer)
  }

  /** Called by a group that counts its first sample. */
  noteGroup(): void {
    this.#groupCount++
  }

  /** Called by a group whenever it counts something. @param sampleCount - how many samples more it holds */
  noteChange(sampleCount: number): void {
    this.#sampleCount += sampleCount
    this.#hasCounted = true
  }

  #begin(operators: readonly Operator[], seed: Seed): void {
    for (const [key, ofGroup] of seedsOfGroups(seed)) this.#group(key).begin(operators, ofGroup)
    this.#hasCounted = false
  }

  #group(key: string): AggregateGroup {
    let group = this.#groups.get(key)
    if (group === undefined) {
      group = new AggregateGroup(this, this.#groups.size)
      this.#groups.set(key, group)
    }
    return group
  }
}
