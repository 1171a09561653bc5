/**
 * What a workflow misses because it is too far behind: for each of its queries, a summary of the samples.
 *
 * A workflow that stays behind misses most of what arrives, so each sample is added once, whatever the number of
 * queries: to the summary of all series that the same queries select.
 */
import { Summary } from '../aggregate/summary.ts'
import { selects } from '../live/subscriptions.ts'
import { IdTable } from '../model/id-table.ts'
import type { Series } from '../model/series.ts'
import type { Micros } from '../model/timestamp.ts'
import { groupKey, groupTags } from '../query/group-tags.ts'
import type { Query, TimeSpan } from '../query/query.ts'
import type { SeriesId } from '../store/history-source.ts'
import { allTime } from '../store/stepwise-reading.ts'
import type { ForgottenSeries } from './forgotten-samples.ts'

/** Somebody who may miss samples. */
export interface Misser {
  readonly query: Query
  /** What counts: `allTime` itself, unless the query has a fixed range. */
  readonly span: TimeSpan
  /** Of what it misses, by the group of its query; set here. */
  skipped: Map<string, Summary> | undefined
}

/** Somebody who misses the samples of some series, and the group of its query that they belong to. */
interface Loss {
  readonly misser: Misser
  readonly key: string
}

/** Series that the same queries select, for the same groups. */
interface Group {
  /** Those who miss a sample whatever its time, and those who miss it only inside a span. */
  readonly always: readonly Loss[]
  readonly fixed: readonly Loss[]
  readonly summary: Summary
  /** The last `count` are not in `summary` yet: several together are added faster. */
  readonly values: Float64Array
  count: number
}

const valuesMax = 16

export class MissedSamples {
  readonly #missers: Iterable<Misser>
  readonly #seriesOf: (id: SeriesId) => Series
  #groupOf = new IdTable<Group>()
  readonly #groups = new Map<string, Group>()

  /** @param missers - those at the moment; call `reset` when they change */
  constructor(missers: Iterable<Misser>, seriesOf: (id: SeriesId) => Series) {
    this.#missers = missers
    this.#seriesOf = seriesOf
  }

  /** Whether some samples are only missed because of their time. */
  get dependsOnTime(): boolean {
    for (const { span } of this.#missers) if (span !== allTime) return true
    return false
  }

  /** Adds samples of a series that at least one query selects, unless something `dependsOnTime`. */
  addAll({ id, values, summary }: ForgottenSeries): void {
    const group = this.#groupOf.get(id) ?? this.#find(id)
    if (summary !== undefined) group.summary.addSummary(summary)
    else for (const value of values) addValue(group, value)
  }

  /** Adds a sample of a series that at least one query selects. */
  add(id: SeriesId, timestamp: Micros, value: number): void {
    const group = this.#groupOf.get(id) ?? this.#find(id)
    addValue(group, value)
    for (const loss of group.fixed) {
      const { span } = loss.misser
      if (timestamp >= span.start && timestamp <= span.end) skippedOf(loss).add(value)
    }
  }

  /** Passes everything that was added to those who miss it. */
  pass(): void {
    for (const group of this.#groups.values()) {
      addValues(group)
      if (group.summary.count === 0) continue
      for (const loss of group.always) skippedOf(loss).addSummary(group.summary)
      group.summary.clear()
    }
  }

  /** To be called when queries came or went, and everything is passed. */
  reset(): void {
    this.#groupOf = new IdTable()
    this.#groups.clear()
  }

  /** Forgets a series that is removed. */
  forget(id: SeriesId): void {
    this.#groupOf.delete(id)
  }

  #find(id: SeriesId): Group {
    const series = this.#seriesOf(id)
    const [always, fixed]: [Loss[], Loss[]] = [[], []]
    let all = ''
    let number = 0
    for (const misser of this.#missers) {
      number++
      if (!selects(misser.query, series)) continue
      const key = groupKey(groupTags(misser.query, series.tags))
      // Tags have no control characters.
      all += `${number}\n${key}\n\n`
      if (misser.span === allTime) always.push({ misser, key })
      else fixed.push({ misser, key })
    }
    let group = this.#groups.get(all)
    if (group === undefined) {
      group = { always, fixed, summary: new Summary(), values: new Float64Array(valuesMax), count: 0 }
      this.#groups.set(all, group)
    }
    this.#groupOf.set(id, group)
    return group
  }
}

function skippedOf({ misser, key }: Loss): Summary {
  misser.skipped ??= new Map()
  let skipped = misser.skipped.get(key)
  if (skipped === undefined) {
    skipped = new Summary()
    misser.skipped.set(key, skipped)
  }
  return skipped
}

function addValue(group: Group, value: number): void {
  if (group.count === valuesMax) addValues(group)
  group.values[group.count++] = value
}

function addValues(group: Group): void {
  group.summary.addColumn(group.values, 0, group.count)
  group.count = 0
}
