/**
 * One workflow's way through the arrivals, on the side of the store: finds the samples that concern its queries, and
 * hands them out in batches.
 */
import { BinaryHeap } from '../aggregate/binary-heap.ts'
import type { Summary } from '../aggregate/summary.ts'
import type { Slice, Steps } from '../model/steps.ts'
import type { Query, TimeSpan } from '../query/query.ts'
import type { SeriesId } from '../store/history-source.ts'
import { ConcernedSeries } from './concerned-series.ts'
import type { Arrivals, Reader } from './arrivals.ts'
import { ArrivedBuilder, nothingArrived, type Arrived } from './arrived.ts'
import type { ForgottenSamples } from './forgotten-samples.ts'
import { closing, type KeptArrivals, type Writer } from './kept-arrivals.ts'
import { MissedSamples, type Misser } from './missed-samples.ts'
import { SamplesAside, type Place } from './samples-aside.ts'

/** Most samples set aside for a workflow that is behind: some 6 MB. */
const asideMaxDefault = 131_072

/** Looking at the clock takes longer than a step along the arrivals. */
const stepsPerLook = 16

/** What concerns handles of the workflow that share an aggregate. */
interface Subscription extends Misser {
  readonly handles: Set<number>
}

/** A workflow was so far behind that it misses samples, the newest here: its live queries continue from here. */
export interface Skip extends Place {
  readonly live: readonly SkippedQuery[]
}

/** Handles that share an aggregate. */
export interface SkippedQuery {
  readonly handles: readonly number[]
  readonly query: Query
  /** How many Events each does not get: those of all missed samples. */
  readonly eventCount: number
  /** The missed samples by group; for rolling windows, read the store at `position` instead. */
  readonly missed: ReadonlyMap<string, Summary>
}

export class ArrivalReader implements Reader {
  readonly #arrivals: Arrivals
  readonly #kept: KeptArrivals
  readonly #writer: Writer
  readonly #subscriptions = new Set<Subscription>()
  readonly #byHandle = new Map<number, Subscription>()
  readonly #concerned: ConcernedSeries
  #position: number
  /** Everything up to here has been handed out, is set aside, or does not concern the workflow. */
  #readUntil: number
  /** The batch that is handed out, while it is collected. */
  readonly #taken = new ArrivedBuilder()
  readonly #missed: MissedSamples
  readonly #aside: SamplesAside
  #forgotten: SeriesId[] = []

  /** Begins after everything that has arrived. @param writer - the workflow itself, which has seen what it writes */
  constructor(arrivals: Arrivals, writer: Writer, asideMax: number = asideMaxDefault) {
    this.#arrivals = arrivals
    this.#kept = arrivals.kept
    this.#writer = writer
    this.#concerned = new ConcernedSeries(arrivals.store)
    this.#missed = new MissedSamples(this.#subscriptions, (id) => arrivals.store.series(id))
    this.#aside = new SamplesAside(arrivals.kept, this.#missed, asideMax)
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
    const arrivals = this.#kept
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
    if (this.#aside.count > 0) return this.#aside.first
    let next: number | undefined
    const { newest } = this.#kept
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
    if (this.#aside.count > 0) return this.#aside.take(countMax)
    const taken = this.#taken
    taken.clear()
    this.#scan(this.#readUntil, this.#kept.newest, (index, position) => {
      this.#readUntil = position
      if (this.#concerns(index)) taken.add(this.#kept, index, position)
      return taken.count < countMax
    })
    return taken.slice(0, taken.count)
  }

  /** What the workflow misses, before anything that is handed out from now on; `undefined` when it misses nothing. */
  takeSkip(): Skip | undefined {
    const newest = this.#aside.takeNewestMissed()
    if (newest === undefined) return undefined
    this.#missed.pass()
    const live: SkippedQuery[] = []
    for (const subscription of this.#subscriptions) {
      const { handles, query, skipped } = subscription
      if (skipped !== undefined)
        live.push({ handles: [...handles], query, eventCount: countOf(skipped), missed: skipped })
      subscription.skipped = undefined
    }
    return { ...newest, live }
  }

  /** How many arrivals that concern it have not been handed out. */
  countLeft(): number {
    let { count } = this.#aside
    this.#scan(this.#readUntil, this.#kept.newest, (index) => {
      if (this.#kept.series[index] !== closing && this.#concerns(index)) count++
      return true
    })
    return count
  }

  setAside(forgotten: ForgottenSamples): void {
    if (!this.#missAll(forgotten)) {
      this.#scan(this.#readUntil, forgotten.until, (index, position) => {
        if (this.#concerns(index)) this.#aside.add(index, position)
        return true
      })
    }
    this.#readUntil = Math.max(this.#readUntil, forgotten.until)
  }

  seriesAside(): Iterable<SeriesId> {
    return this.#aside.series()
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
    return this.#position >= this.#kept.before
  }

  /** Ends the reading; no call may follow. */
  close(): void {
    this.#arrivals.removeReader(this)
  }

  /** Misses all samples at once, with a look at each series; false when each has to be looked at. */
  #missAll(forgotten: ForgottenSamples): boolean {
    const sorted = this.#readUntil <= forgotten.after ? forgotten.sorted : null
    if (sorted === null) return false
    const concerned = sorted.series.filter(({ id }) => this.#concerned.has(id))
    if (!this.#aside.missesAll(concerned)) return false
    this.#aside.missAll(concerned)
    for (const position of sorted.others) {
      const index = this.#kept.indexOf(position)
      if (this.#concerns(index)) this.#aside.add(index, position)
    }
    return true
  }

  /** Visits the kept arrivals after `from`, up to `to`, until `visit` returns false. */
  #scan(from: number, to: number, visit: (index: number, position: number) => boolean): void {
    const { before } = this.#kept
    const first = Math.max(from, before) + 1
    const { length } = this.#kept.series
    for (let position = first, index = this.#kept.indexOf(first); position <= to; position++) {
      if (!visit(index, position)) return
      index = index + 1 < length ? index + 1 : 0
    }
  }

  #concerns(index: number): boolean {
    const series = this.#kept.series[index]!
    if (series === closing) return true
    return this.#kept.writers[index] !== this.#writer && this.#concerned.has(series)
  }
}

function countOf(skipped: ReadonlyMap<string, Summary>): number {
  let count = 0
  for (const summary of skipped.values()) count += summary.count
  return count
}
