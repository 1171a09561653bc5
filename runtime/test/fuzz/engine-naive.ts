/** An engine that is too simple to be wrong: a flat list of samples, read from its beginning for every question. */

export interface NaiveSample {
  readonly name: string
  readonly tag: string
  readonly at: number
  value: number
}

export interface NaiveQuery {
  readonly operator: 'AVG' | 'MIN' | 'MAX' | 'SUM' | 'COUNT'
  readonly names: readonly string[]
  /** `null` = any; `x=*` = any, each for itself. */
  readonly tag: string | null
  /** All time, the last so many microseconds, or from one time to another (both inclusive). */
  readonly range: null | number | readonly [start: number, end: number]
}

/** Groups: every sample has one tag of this key. */
const each = 'x=*'

export function isGrouped({ tag }: NaiveQuery): boolean {
  return tag === each
}

/** The answers of the groups that have samples, by their tag. */
export function answers(samples: readonly NaiveSample[], query: NaiveQuery, now: number): [string, number][] {
  const tags = [...new Set(samples.map(({ tag }) => tag))].toSorted()
  return tags.flatMap((tag) => {
    const count = answer(samples, { ...query, tag, operator: 'COUNT' }, now)
    return count === 0 ? [] : [[tag, answer(samples, { ...query, tag }, now)]]
  })
}

function isSelected({ names, tag }: NaiveQuery, sample: Pick<NaiveSample, 'name' | 'tag'>): boolean {
  return names.includes(sample.name) && (tag === null || tag === each || tag === sample.tag)
}

/** A second sample at the same series and time replaces the first. */
export function store(samples: NaiveSample[], added: NaiveSample): void {
  const known = samples.find(({ name, tag, at }) => name === added.name && tag === added.tag && at === added.at)
  if (known === undefined) samples.push({ ...added })
  else known.value = added.value
}

/** The answer to a query over stored samples. @param now - a rolling range ends here */
export function answer(samples: readonly NaiveSample[], query: NaiveQuery, now: number): number {
  const { range } = query
  const [start, end] = range === null ? [-Infinity, Infinity] : typeof range === 'number' ? [now - range, now] : range
  const values = samples.filter((sample) => isSelected(query, sample) && sample.at >= start && sample.at <= end)
  return aggregate(
    query.operator,
    values.map(({ value }) => value),
  )
}

/** A live query: the samples that it has seen, each as often as it came. */
export class NaiveLive {
  readonly query: NaiveQuery
  readonly #seen: { readonly at: number; readonly value: number }[] = []
  readonly #stored: readonly NaiveSample[]
  /** Of each group. */
  readonly #groups = new Map<string, NaiveLive>()

  /** @param stored - those before its subscription */
  constructor(query: NaiveQuery, stored: readonly NaiveSample[]) {
    this.query = query
    this.#stored = structuredClone(stored)
    const selected = stored.filter((sample) => isSelected(query, sample))
    // Without a range, it counts from its subscription on.
    if (query.range !== null) this.#seen.push(...selected.map(({ at, value }) => ({ at, value })))
  }

  /** The value of the Event that a sample makes; `null` when it makes none. */
  accept(sample: NaiveSample): number | null {
    const { range, operator } = this.query
    if (!isSelected(this.query, sample)) return null
    if (isGrouped(this.query)) return this.#groupOf(sample.tag).accept(sample)
    const [start, end] = Array.isArray(range) ? (range as [number, number]) : [this.#windowStart(), Infinity]
    if (sample.at < start || sample.at > end) return null
    this.#seen.push({ at: sample.at, value: sample.value })
    const from = Array.isArray(range) ? start : this.#windowStart()
    const counted = this.#seen.filter(({ at }) => at >= from && at <= end)
    return aggregate(
      operator,
      counted.map(({ value }) => value),
    )
  }

  #groupOf(tag: string): NaiveLive {
    const group = this.#groups.get(tag) ?? new NaiveLive({ ...this.query, tag }, this.#stored)
    this.#groups.set(tag, group)
    return group
  }

  #windowStart(): number {
    const { range } = this.query
    if (typeof range !== 'number') return -Infinity
    return Math.max(-Infinity, ...this.#seen.map(({ at }) => at)) - range
  }
}

function aggregate(operator: NaiveQuery['operator'], values: readonly number[]): number {
  const sum = values.reduce((total, value) => total + value, 0)
  switch (operator) {
    case 'COUNT':
      return values.length
    case 'SUM':
      return sum
    case 'AVG':
      return sum / values.length
    case 'MIN':
      return values.length === 0 ? NaN : Math.min(...values)
    case 'MAX':
      return values.length === 0 ? NaN : Math.max(...values)
  }
}
