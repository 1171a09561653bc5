/**
 * One workflow's way through the arrivals, on the side of the store: finds the samples that concern its queries, and
 * hands them out in batches.
 *
 * For a workflow that falls so far behind that arrivals are about to be forgotten, those that concern it are set aside,
 * up to a limit. Beyond that, it misses them: see `Skip`.
 */
import { BinaryHeap } from '../aggregate/binary-heap.ts'
import { Summary } from '../aggregate/summary.ts'
import { selects } from '../live/subscriptions.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query, TimeSpan } from '../query/query.ts'
import type { SeriesId } from '../store/history-source.ts'
import { allTime } from '../store/stepwise-reading.ts'
import { ConcernedSeries } from './concerned-series.ts'
import { grownColumn } from '../model/columns.ts'
import { closing, type Arrivals, type Reader, type Writer } from './arrivals.ts'
import { ArrivedBuilder, type Arrived } from './arrived.ts'

/** Most samples set aside for one workflow: some 6 MB. */
const asideMaxDefault = 131_072

/** Looking at the clock takes longer than a step along the arrivals. */
const stepsPerLook = 16

/** What concerns handles of the workflow that share an aggregate. */
interface Subscription {
  readonly handles: Set<number>
  readonly query: Query
  /** What the aggregate counts: `allTime` itself, unless it has a fixed range. */
  readonly span: TimeSpan
  skipped: Summary | undefined
}

/** What is missed of one series at a time, and who misses it: whatever its time, or only inside a span. */
interface MissedSeries {
  readonly all: Summary
  readonly always: readonly Subscription[]
  readonly fixed: readonly Subscription[]
}

/** A workflow was so far behind that it misses samples: its live queries continue from here. */
export interface Skip {
  /** The newest arrival that it misses, and when that came. */
  readonly position: number
  readonly at: Micros
  readonly live: readonly SkippedQuery[]
}

/** Handles that share an aggregate. */
export interface SkippedQuery {
  readonly handles: readonly number[]
  readonly query: Query
  /** How many Events each does not get: those of all missed samples. */
  readonly eventCount: number
  /** The missed samples; for a rolling window, read the store at `position` instead. */
  readonly missed: Summary
}

export class ArrivalReader implements Reader {
  readonly #arrivals: Arrivals
  readonly #writer: Writer
  readonly #asideMax: number
  readonly #subscriptions = new Set<Subscription>()
  readonly #byHandle = new Map<number, Subscription>()
  readonly #concerned: ConcernedSeries
  #position: number
  /** Everything up to here has been handed out, is set aside, or does not concern the workflow. */
  #readUntil: number
  #aside = new ArrivedBuilder()
  #asideTaken = 0
  /** The batch that is handed out, while it is collected. */
  readonly #taken = new ArrivedBuilder()
  /** Of series that it missed samples of, until its queries change. */
  readonly #missed = new Map<SeriesId, MissedSeries>()
  #skip: { position: number; at: Micros } | undefined
  #forgotten: SeriesId[] = []

  /** Begins after everything that has arrived. @param writer - the workflow itself, which has seen what it writes */
  constructor(arrivals: Arrivals, writer: Writer, asideMax: number = asideMaxDefault) {
    this.#arrivals = arrivals
    this.#writer = writer
    this.#asideMax = asideMax
    this.#concerned = new ConcernedSeries(arrivals.store)
    this.#position = arrivals.newest
    this.#readUntil = arrivals.newest
    arrivals.addReader(this)
  }

  get position(): number {
    return this.#position
  }

  /** Notes that everything up to `position` is revealed to the workflow; +Infinity while it waits for what comes next. */
  moveTo(position: number): void {
    this.#position = position
  }

  /**
   * From now on, hands out what concerns a query.
   *
   * @param span - what its aggregate counts
   * @returns the series that it selects
   */
  *subscribe(handle: number, query: Query, span: TimeSpan, slice: Slice): Steps<readonly SeriesId[]> {
    const ids = yield* this.#concerned.add(query, slice)
    const subscription = { handles: new Set([handle]), query, span, skipped: undefined }
    this.#subscriptions.add(subscription)
    this.#missed.clear()
    this.#byHandle.set(handle, subscription)
    return ids
  }

  /** What arrived of these series after `position`, of what was handed out or passed over before. */
  *passed(ids: readonly SeriesId[], slice: Slice): Steps<Arrived> {
    const arrivals = this.#arrivals
    const until = this.#readUntil
    const floor = (): number => Math.max(this.#position, arrivals.before)
    // Each series is a chain from its newest arrival to older ones; the newest of all chains comes first.
    const heads = new BinaryHeap<number>((left, right) => left > right)
    let stepCount = 0
    const isOver = (): boolean => ++stepCount % stepsPerLook === 0 && slice.isOver
    for (const id of ids) {
      const newest = arrivals.latestOf(id)
      if (newest > floor()) heads.push(newest)
      if (isOver()) yield
    }
    let positions = new Float64Array(64)
    let count = 0
    for (let at = heads.pop(); at !== undefined && at > floor(); at = heads.pop()) {
      if (at <= until && arrivals.writers[arrivals.indexOf(at)] !== this.#writer) {
        if (count === positions.length) positions = grownColumn(positions)
        positions[count++] = at
      }
      heads.push(arrivals.previousTo(at))
      if (isOver()) yield
    }
    const passed = new ArrivedBuilder(count)
    while (count > 0) {
      const at = positions[--count]!
      // Forgotten in between, when the reader is too far behind.
      if (at > arrivals.before) passed.add(arrivals, arrivals.indexOf(at), at)
      if (isOver()) yield
    }
    return passed.finish()
  }

  /** As `subscribe`, for a handle that shares the aggregate of an open one: what concerns it is handed out already. */
  join(handle: number, other: number): void {
    const subscription = this.#byHandle.get(other)
    if (subscription === undefined) return
    subscription.handles.add(handle)
    this.#byHandle.set(handle, subscription)
  }

  *free(handle: number, slice: Slice): Steps<void> {
    const subscription = this.#byHandle.get(handle)
    if (subscription === undefined) return
    this.#byHandle.delete(handle)
    subscription.handles.delete(handle)
    if (subscription.handles.size > 0) return
    this.#subscriptions.delete(subscription)
    this.#missed.clear()
    yield* this.#concerned.remove(subscription.query, slice)
  }

  /** Position of the next arrival to hand out; `undefined` when there is none. */
  next(): number | undefined {
    if (this.#asideTaken < this.#aside.count) return this.#aside.columns.positions[this.#asideTaken]
    let next: number | undefined
    const { newest } = this.#arrivals
    this.#scan(this.#readUntil, newest, (index, position) => {
      if (!this.#concerns(index)) return true
      next = position
      return false
    })
    this.#readUntil = next === undefined ? newest : next - 1
    return next
  }

  /** Hands out the next arrivals that concern the workflow, at most `countMax`. */
  take(countMax: number): Arrived {
    if (this.#asideTaken < this.#aside.count) {
      const end = Math.min(this.#asideTaken + countMax, this.#aside.count)
      const taken = this.#aside.slice(this.#asideTaken, end)
      this.#asideTaken = end
      if (end === this.#aside.count) {
        // It has caught up.
        this.#aside = new ArrivedBuilder()
        this.#asideTaken = 0
        this.#missed.clear()
      }
      return taken
    }
    const taken = this.#taken
    taken.clear()
    this.#scan(this.#readUntil, this.#arrivals.newest, (index, position) => {
      this.#readUntil = position
      if (this.#concerns(index)) taken.add(this.#arrivals, index, position)
      return taken.count < countMax
    })
    return taken.slice(0, taken.count)
  }

  /** What the workflow misses, before anything that is handed out from now on; `undefined` when it misses nothing. */
  takeSkip(): Skip | undefined {
    if (this.#skip === undefined) return undefined
    const live: SkippedQuery[] = []
    for (const subscription of this.#subscriptions) {
      const { handles, query, skipped } = subscription
      if (skipped !== undefined) live.push({ handles: [...handles], query, eventCount: skipped.count, missed: skipped })
      subscription.skipped = undefined
    }
    const skip = { ...this.#skip, live }
    this.#skip = undefined
    return skip
  }

  /** How many arrivals that concern it have not been handed out. */
  countLeft(): number {
    let count = this.#aside.count - this.#asideTaken
    this.#scan(this.#readUntil, this.#arrivals.newest, (index) => {
      if (this.#arrivals.series[index] !== closing && this.#concerns(index)) count++
      return true
    })
    return count
  }

  setAside(position: number): void {
    this.#scan(this.#readUntil, position, (index, at) => {
      if (this.#concerns(index)) this.#aside.add(this.#arrivals, index, at)
      return true
    })
    this.#readUntil = Math.max(this.#readUntil, position)
    if (this.#aside.count - this.#asideTaken > this.#asideMax) this.#skipAside()
  }

  seriesAside(): Iterable<SeriesId> {
    return this.#aside.columns.series.subarray(this.#asideTaken, this.#aside.count)
  }

  forgetSeries(ids: readonly SeriesId[]): void {
    this.#concerned.forget(ids)
    for (const id of ids) this.#missed.delete(id)
    this.#forgotten = [...this.#forgotten, ...ids]
  }

  /** The series that were removed since the last call. */
  takeForgotten(): readonly SeriesId[] {
    const forgotten = this.#forgotten
    this.#forgotten = []
    return forgotten
  }

  /** Whether the store can still be read as of `position`; not when arrivals after it were forgotten. */
  get isExact(): boolean {
    return this.#position >= this.#arrivals.before
  }

  /** Ends the reading; no call may follow. */
  close(): void {
    this.#arrivals.removeReader(this)
  }

  /** Visits the kept arrivals after `from`, up to `to`, until `visit` returns false. */
  #scan(from: number, to: number, visit: (index: number, position: number) => boolean): void {
    const { before } = this.#arrivals
    const first = Math.max(from, before) + 1
    const { length } = this.#arrivals.series
    for (let position = first, index = this.#arrivals.indexOf(first); position <= to; position++) {
      if (!visit(index, position)) return
      index = index + 1 < length ? index + 1 : 0
    }
  }

  #concerns(index: number): boolean {
    const series = this.#arrivals.series[index]!
    if (series === closing) return true
    return this.#arrivals.writers[index] !== this.#writer && this.#concerned.has(series)
  }

  #skipAside(): void {
    const { count, columns } = this.#aside
    const { series, timestamps, values, positions, ats } = columns
    // By series first: with a thousand handles, a sample would be added a thousand times.
    for (let index = 0; index < count; index++) {
      const id = series[index]!
      if (id === closing) continue
      const missed = this.#missedOf(id)
      missed.all.add(values[index]!)
      for (const subscription of missed.fixed) {
        const { start, end } = subscription.span
        if (timestamps[index]! < start || timestamps[index]! > end) continue
        subscription.skipped ??= new Summary()
        subscription.skipped.add(values[index]!)
      }
    }
    for (const { all, always } of this.#missed.values()) {
      if (all.count === 0) continue
      for (const subscription of always) {
        subscription.skipped ??= new Summary()
        subscription.skipped.addSummary(all)
      }
      all.clear()
    }
    this.#skip = { position: positions[count - 1]!, at: ats[count - 1]! }
    // In the same columns, which fill up again and again. No later Event may name a connection that is closed.
    this.#aside.clear()
    for (let index = 0; index < count; index++) {
      if (series[index] === closing) this.#aside.add(columns, index, positions[index]!)
    }
  }

  #missedOf(id: SeriesId): MissedSeries {
    const known = this.#missed.get(id)
    if (known !== undefined) return known
    const series = this.#arrivals.store.series(id)
    const concerned = [...this.#subscriptions].filter(({ query }) => selects(query, series))
    const missed = {
      all: new Summary(),
      always: concerned.filter(({ span }) => span === allTime),
      fixed: concerned.filter(({ span }) => span !== allTime),
    }
    this.#missed.set(id, missed)
    return missed
  }
}
