/**
 * One workflow's way through the arrivals, on the side of the store: finds the samples that concern its queries, and
 * hands them out in batches.
 *
 * For a workflow that falls so far behind that arrivals are about to be forgotten, those that concern it are set aside,
 * up to a limit. Beyond that, it misses them: see `Skip`.
 */
import { BinaryHeap } from '../aggregate/binary-heap.ts'
import type { Summary } from '../aggregate/summary.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { Micros } from '../model/timestamp.ts'
import type { Query, TimeSpan } from '../query/query.ts'
import type { SeriesId } from '../store/history-source.ts'
import { ConcernedSeries } from './concerned-series.ts'
import { closing, type Arrivals, type Reader, type Writer } from './arrivals.ts'
import { ArrivedBuilder, nothingArrived, type Arrived } from './arrived.ts'
import { MissedSamples, type Misser } from './missed-samples.ts'

/** Most samples set aside for one workflow: some 6 MB. */
const asideMaxDefault = 131_072

/** Looking at the clock takes longer than a step along the arrivals. */
const stepsPerLook = 16

/** What concerns handles of the workflow that share an aggregate. */
interface Subscription extends Misser {
  readonly handles: Set<number>
}

/** A workflow was so far behind that it misses samples: its live queries continue from here. */
export interface Skip {
  /** The newest arrival that it misses, and when that came. */
  readonly position: number
  readonly at: Micros
  readonly live: readonly SkippedQuery[]
}

interface Place {
  position: number
  at: Micros
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
  readonly #missed: MissedSamples
  #skip: Place | undefined
  #forgotten: SeriesId[] = []

  /** Begins after everything that has arrived. @param writer - the workflow itself, which has seen what it writes */
  constructor(arrivals: Arrivals, writer: Writer, asideMax: number = asideMaxDefault) {
    this.#arrivals = arrivals
    this.#writer = writer
    this.#asideMax = asideMax
    this.#concerned = new ConcernedSeries(arrivals.store)
    this.#missed = new MissedSamples(this.#subscriptions, (id) => arrivals.store.series(id))
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
    this.#missed.pass()
    this.#subscriptions.add(subscription)
    this.#missed.reset()
    this.#byHandle.set(handle, subscription)
    return ids
  }

  /** What arrived of these series after `position`, of what was handed out or passed over before. */
  *passed(ids: readonly SeriesId[], slice: Slice): Steps<Arrived> {
    const arrivals = this.#arrivals
    const until = this.#readUntil
    const floor = (): number => Math.max(this.#position, arrivals.before)
    let stepCount = 0
    const isOver = (): boolean => ++stepCount % stepsPerLook === 0 && slice.isOver
    const isMissing = (at: number): boolean => at <= until && arrivals.writers[arrivals.indexOf(at)] !== this.#writer
    // Each series is a chain from its newest arrival to older ones. Counted first: there may be a million.
    let count = 0
    for (const id of ids) {
      for (let at = arrivals.latestOf(id); at > floor();) {
        if (isMissing(at)) count++
        at = arrivals.previousTo(at)
        if (isOver()) yield
      }
      if (isOver()) yield
    }
    if (count === 0) return nothingArrived
    // The newest of all chains comes first.
    const heads = new BinaryHeap<number>((left, right) => left > right)
    for (const id of ids) {
      const newest = arrivals.latestOf(id)
      if (newest > floor()) heads.push(newest)
      if (isOver()) yield
    }
    const passed = new ArrivedBuilder(count)
    for (let at = heads.pop(); at !== undefined && at > floor(); at = heads.pop()) {
      if (isMissing(at)) passed.add(arrivals, arrivals.indexOf(at), at)
      heads.push(arrivals.previousTo(at))
      if (isOver()) yield
    }
    passed.reverse()
    // Those that were forgotten in between, when the reader is too far behind, are not in it.
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
    this.#missed.pass()
    this.#subscriptions.delete(subscription)
    this.#missed.reset()
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
    this.#missed.pass()
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
    this.#aside.removeFirst(this.#asideTaken)
    this.#asideTaken = 0
    this.#scan(this.#readUntil, position, (index, at) => {
      if (this.#concerns(index)) {
        if (this.#skip === undefined) this.#aside.add(this.#arrivals, index, at)
        else this.#skipOne(this.#skip, index, at)
      }
      return true
    })
    this.#readUntil = Math.max(this.#readUntil, position)
    if (this.#skip === undefined && this.#aside.count > this.#asideMax) this.#skipAside()
  }

  seriesAside(): Iterable<SeriesId> {
    return this.#aside.columns.series.subarray(this.#asideTaken, this.#aside.count)
  }

  forgetSeries(ids: readonly SeriesId[]): void {
    this.#concerned.forget(ids)
    for (const id of ids) this.#missed.forget(id)
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

  /** It has not heard of what it misses so far: it misses this too. */
  #skipOne(skip: Place, index: number, position: number): void {
    const { series, timestamps, values, ats } = this.#arrivals
    skip.position = position
    skip.at = ats[index]!
    if (series[index] === closing) this.#aside.add(this.#arrivals, index, position)
    else this.#missed.add(series[index]!, timestamps[index]!, values[index]!)
  }

  #skipAside(): void {
    const { count, columns } = this.#aside
    const { series, timestamps, values, positions, ats } = columns
    // In the same columns. No later Event may name a connection that is closed.
    this.#aside.clear()
    for (let index = 0; index < count; index++) {
      const id = series[index]!
      if (id === closing) this.#aside.add(columns, index, positions[index]!)
      else this.#missed.add(id, timestamps[index]!, values[index]!)
    }
    this.#skip = { position: positions[count - 1]!, at: ats[count - 1]! }
  }
}
