/**
 * The store as it was at an earlier position in the order of arrival: without the samples that arrived later, and with
 * the values that they replaced.
 *
 * Later samples are few and mostly newest, so almost everything is answered by the store itself. Around the timestamps
 * that later samples of the selected series touch, samples are read one by one.
 */
import { Summary } from '../aggregate/summary.ts'
import { whenThere, type Eventually } from '../model/eventually.ts'
import { timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import type { TimeSpan } from '../query/query.ts'
import type { HistorySource, LocalHistory, SampleVisitor, Selection, SeriesId } from '../store/history-source.ts'
import type { SampleHead } from '../store/sample-head.ts'
import type { Arrivals, Writer } from './arrivals.ts'

/** Where a workflow is. */
export interface Position {
  /** The newest arrival that is revealed to it. */
  readonly arrival: number
  /** What it writes is revealed to it immediately. */
  readonly writer: Writer
}

/** The values as of the position at every (series, timestamp) that later arrivals touch; NaN = no sample then. */
class Changes {
  readonly #bySeries = new Map<SeriesId, Map<Micros, number>>()

  get size(): number {
    return this.#bySeries.size
  }

  set(series: SeriesId, timestamp: Micros, value: number): void {
    const known = this.#bySeries.get(series)
    if (known === undefined) this.#bySeries.set(series, new Map([[timestamp, value]]))
    else known.set(timestamp, value)
  }

  has(series: SeriesId, timestamp: Micros): boolean {
    return this.#bySeries.get(series)?.has(timestamp) === true
  }

  /** `undefined` where nothing has changed. */
  get(series: SeriesId, timestamp: Micros): number | undefined {
    return this.#bySeries.get(series)?.get(timestamp)
  }

  /** Spans that cover all timestamps, cut where the gaps are widest; ascending. */
  holes(): TimeSpan[] {
    const all = new Set<Micros>()
    for (const values of this.#bySeries.values()) for (const timestamp of values.keys()) all.add(timestamp)
    return holesAround(Float64Array.from(all).sort())
  }
}

/** Most spans that are read sample by sample. */
const holesMax = 128

/** Reads any source of history as of a position. */
export class HistoryAsOf {
  readonly #arrivals: Arrivals
  readonly #position: Position
  readonly #source: HistorySource

  /** @param source - what holds all samples of `arrivals`; ids of series are the same */
  constructor(arrivals: Arrivals, position: Position, source: HistorySource) {
    this.#arrivals = arrivals
    this.#position = position
    this.#source = source
  }

  /** As `HistorySource.summarise`. */
  summarise(selection: Selection, span: TimeSpan | null): Eventually<Summary> {
    const changes = this.changes(selection, span)
    if (changes.size === 0) return this.#source.summarise(selection, span)
    const summary = new Summary()
    const parts: Eventually<unknown>[] = []
    const between = (start: Micros, end: Micros): void => {
      if (start > end) return
      parts.push(whenThere(this.#source.summarise(selection, { start, end }), (part) => summary.addSummary(part)))
    }
    const whole = span ?? allTime
    let start = whole.start
    for (const hole of changes.holes()) {
      between(start, hole.start - 1)
      parts.push(this.#visit(changes, selection, hole, (_series, _timestamp, value) => summary.add(value)))
      start = hole.end + 1
    }
    between(start, whole.end)
    const later = parts.filter((part) => part instanceof Promise)
    return later.length === 0 ? summary : Promise.all(later).then(() => summary)
  }

  /** As `HistorySource.select`. */
  select(selection: Selection, span: TimeSpan | null, visit: SampleVisitor): Eventually<void> {
    return this.#visit(this.changes(selection, span), selection, span, visit)
  }

  protected changes(selection: Selection, span: TimeSpan | null): Changes {
    const arrivals = this.#arrivals
    const { timestamps, values, writers } = arrivals
    const { arrival, writer } = this.#position
    const changes = new Changes()
    const first = Math.max(arrival, arrivals.before) + 1
    if (first > arrivals.newest) return changes
    const { start, end } = span ?? allTime
    const later: number[] = []
    for (const id of arrivals.match(selection)) {
      for (let at = arrivals.latestOf(id); at >= first; at = arrivals.previousTo(at)) later.push(at)
      for (let position = later.pop(); position !== undefined; position = later.pop()) {
        const index = arrivals.indexOf(position)
        const timestamp = timestamps[index]!
        if (timestamp < start || timestamp > end) continue
        // Its own samples count as soon as they are written, over what was there before.
        if (writers[index] === writer) changes.set(id, timestamp, values[index]!)
        else if (!changes.has(id, timestamp)) changes.set(id, timestamp, arrivals.replacedAt(position))
      }
    }
    return changes
  }

  #visit(changes: Changes, selection: Selection, span: TimeSpan | null, visit: SampleVisitor): Eventually<void> {
    return this.#source.select(selection, span, (series, timestamp, value) => {
      const asOf = changes.get(series, timestamp) ?? value
      if (!Number.isNaN(asOf)) visit(series, timestamp, asOf)
    })
  }
}

/** Reads a local store as of a position: what a live query starts from. */
export class HeadAsOf extends HistoryAsOf {
  readonly #store: SampleHead

  constructor(arrivals: Arrivals, position: Position, store: SampleHead) {
    super(arrivals, position, store)
    this.#store = store
  }

  override summarise(selection: Selection, span: TimeSpan | null): Summary {
    // A local source answers immediately.
    return super.summarise(selection, span) as Summary
  }

  override select(...parameters: Parameters<LocalHistory['select']>): void {
    void super.select(...parameters)
  }

  /** As `SampleHead.newest`. */
  newest(selection: Selection): Micros | undefined {
    let until: Micros = timestampMicrosMax
    for (const hole of this.changes(selection, null).holes().reverse()) {
      const newest = this.#store.newest(selection, until)
      if (newest === undefined || newest > hole.end) return newest
      if (newest >= hole.start) {
        let found: Micros | undefined
        this.select(selection, hole, (_series, timestamp) => {
          found = timestamp
        })
        if (found !== undefined) return found
      }
      until = hole.start - 1
    }
    return this.#store.newest(selection, until)
  }
}

const allTime: TimeSpan = { start: -timestampMicrosMax, end: timestampMicrosMax }

/** @param timestamps - ascending */
function holesAround(timestamps: Float64Array): TimeSpan[] {
  const gaps = Float64Array.from(timestamps.subarray(1), (timestamp, index) => timestamp - timestamps[index]!)
  // Narrower gaps than this stay inside a span.
  const widest = gaps.length < holesMax ? 0 : gaps.toSorted()[gaps.length - holesMax]!
  const holes: { start: Micros; end: Micros }[] = []
  for (const timestamp of timestamps) {
    const last = holes.at(-1)
    if (last === undefined || timestamp - last.end > widest) holes.push({ start: timestamp, end: timestamp })
    else last.end = timestamp
  }
  return holes
}
