/**
 * The store as it was at an earlier position in the order of arrival: without the samples that arrived later, and with
 * the values that they replaced.
 *
 * Later samples are few and mostly newest, so almost everything is answered by the store itself. What later samples of
 * the selected series touch is read one by one.
 */
import { Summary } from '../aggregate/summary.ts'
import { whenThere, type Eventually } from '../model/eventually.ts'
import { endless, finish, type Slice, type Steps } from '../model/steps.ts'
import type { Micros } from '../model/timestamp.ts'
import type { TimeSpan } from '../query/query.ts'
import type { HistorySource, Selection, SeriesId } from '../store/history-source.ts'
import { allTime, StepwiseReading } from '../store/stepwise-reading.ts'
import type { Arrivals, Reader } from './arrivals.ts'
import { ChangesAsOf, type Position } from './changes-as-of.ts'
import type { Writer } from './kept-arrivals.ts'

/**
 * Reads the store in steps, as of a position: whatever arrives between the steps, they add up to what the store held
 * then. For that, a reader has to keep what arrives after the position.
 */
export function readAsOf(arrivals: Arrivals, position: Position, slice: Slice = endless): StepwiseReading {
  return new StepwiseReading(arrivals.store, slice, (id) =>
    arrivals.latestOf(id) > position.arrival ? new ChangesAsOf(arrivals.kept, position, id) : undefined,
  )
}

/** Reads the store in steps, as of their beginning, and keeps what arrives until they end. */
export function* readAsOfNow<Result>(
  arrivals: Arrivals,
  slice: Slice,
  read: (reading: StepwiseReading) => Steps<Result>,
): Steps<Result> {
  // What is forgotten because too much arrives meanwhile counts, if it is there when its series is read.
  const reader: Reader = {
    position: arrivals.newest,
    setAside: () => {},
    seriesAside: () => [],
    forgetSeries: () => {},
  }
  arrivals.addReader(reader)
  try {
    return yield* read(readAsOf(arrivals, { arrival: reader.position, writer: noWriter }, slice))
  } finally {
    arrivals.removeReader(reader)
  }
}

/** For those who write nothing: what samples from outside have is 0. */
export const noWriter: Writer = -1

/** Most spans that are read sample by sample. */
const holesMax = 128

/** Reads a source of history elsewhere as of a position, within a call. */
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
    const whole = span ?? allTime
    const changes = this.#changes(selection)
    const holes = holesIn(changes, whole)
    if (holes.length === 0) return this.#source.summarise(selection, span)
    const summary = new Summary()
    const parts: Eventually<unknown>[] = []
    const between = (start: Micros, end: Micros): void => {
      if (start > end) return
      parts.push(whenThere(this.#source.summarise(selection, { start, end }), (part) => summary.addSummary(part)))
    }
    const addAsOf = (id: SeriesId, timestamp: Micros, value: number): void => {
      const asOf = changes.get(id)?.get(timestamp) ?? value
      if (!Number.isNaN(asOf)) summary.add(asOf)
    }
    let { start } = whole
    for (const hole of holes) {
      between(start, hole.start - 1)
      parts.push(this.#source.select(selection, hole, addAsOf))
      start = hole.end + 1
    }
    between(start, whole.end)
    const later = parts.filter((part) => part instanceof Promise)
    return later.length === 0 ? summary : Promise.all(later).then(() => summary)
  }

  /** By series, where there are any. */
  #changes(selection: Selection): Map<SeriesId, ChangesAsOf> {
    const found = new Map<SeriesId, ChangesAsOf>()
    for (const id of this.#arrivals.match(selection)) {
      const changes = new ChangesAsOf(this.#arrivals.kept, this.#position, id)
      if (!changes.isBehind) continue
      finish(changes.catchUp(endless))
      found.set(id, changes)
    }
    return found
  }
}

/** Spans that cover all timestamps of changes inside a span, cut where the gaps are widest; ascending. */
function holesIn(changes: ReadonlyMap<SeriesId, ChangesAsOf>, { start, end }: TimeSpan): TimeSpan[] {
  const all = new Set<Micros>()
  for (const ofSeries of changes.values()) {
    for (const timestamp of ofSeries.timestamps()) if (timestamp >= start && timestamp <= end) all.add(timestamp)
  }
  return holesAround(Float64Array.from(all).sort())
}

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
