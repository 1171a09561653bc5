/**
 * The counts of a run, in memory shared between the guest's thread, which keeps them up to date, and the engine's,
 * which shows them: also of a guest that computes, or hangs.
 */
import type { Micros } from '../../engine/model/timestamp.ts'
import { Histogram, histogramLength, secondsBounds } from '../observe/histogram.ts'
import { handlesOpenMax, type HandleTable } from '../../engine/live/handle-table.ts'

const slots = {
  delivered: 0,
  coalesced: 1,
  late: 2,
  unpolled: 3,
  windowSamples: 4,
  handleCount: 5,
  heldSince: 6,
  aheadSince: 7,
  latency: 8,
} as const
const firstHandle = slots.latency + histogramLength(secondsBounds)
/** Of each handle: its number, the Events in it that wait, have coalesced, were late; and how many groups it has. */
const handleSlots = 5

export interface HandleProgress {
  readonly handle: number
  readonly waiting: number
  readonly coalesced: number
  readonly late: number
  readonly groups: number
}

export class RunProgress {
  readonly shared: Float64Array<SharedArrayBuffer>
  /** Seconds from the arrival of a sample until the guest polled the Event. */
  readonly pollLatency: Histogram

  /** @param shared - of the other thread's `RunProgress`; new memory unless given */
  constructor(shared?: Float64Array<SharedArrayBuffer>) {
    const length = firstHandle + handleSlots * handlesOpenMax
    this.shared = shared ?? new Float64Array(new SharedArrayBuffer(8 * length))
    if (shared === undefined) this.shared.fill(Number.POSITIVE_INFINITY, slots.heldSince, slots.latency)
    this.pollLatency = new Histogram(secondsBounds, this.shared.subarray(slots.latency, firstHandle))
  }

  /** Events polled. */
  get delivered(): number {
    return this.shared[slots.delivered]!
  }

  set delivered(count: number) {
    this.shared[slots.delivered] = count
  }

  get coalesced(): number {
    return this.shared[slots.coalesced]!
  }

  get late(): number {
    return this.shared[slots.late]!
  }

  /** Samples and Events on the guest's thread that it has not polled. */
  get unpolled(): number {
    return this.shared[slots.unpolled]!
  }

  /** When the oldest sample on the guest's thread arrived that it has not polled; +Infinity when there is none. */
  get waitingSince(): Micros {
    return Math.min(this.shared[slots.heldSince]!, this.shared[slots.aheadSince]!)
  }

  /** Of those that are not revealed: when the next arrived; +Infinity when there is none. */
  set aheadSince(at: Micros) {
    this.shared[slots.aheadSince] = at
  }

  /** Samples in its windows; until it has made a new window of them, those of a seed on its way, too. */
  get windowSamples(): number {
    return this.shared[slots.windowSamples]!
  }

  set windowSamples(count: number) {
    this.shared[slots.windowSamples] = count
  }

  /** All open handles, in the order in which they were opened. */
  get handles(): readonly HandleProgress[] {
    return Array.from({ length: this.shared[slots.handleCount]! }, (_, index) => {
      const at = firstHandle + handleSlots * index
      const [handle = 0, waiting = 0, coalesced = 0, late = 0, groups = 0] = this.shared.subarray(at, at + handleSlots)
      return { handle, waiting, coalesced, late, groups }
    })
  }

  /** Notes everything but `delivered`. @param aheadCount - samples on the thread that are not revealed */
  note(handles: HandleTable, aheadCount: number): void {
    const { shared } = this
    shared[slots.coalesced] = handles.coalescedCount
    shared[slots.late] = handles.lateCount
    shared[slots.windowSamples] = handles.windowSampleCount
    shared[slots.unpolled] = handles.waitingCount + aheadCount
    let at: number = firstHandle
    let heldSince = Number.POSITIVE_INFINITY
    for (const [handle, { waitingCount, waitingSince, coalescedCount, lateCount }] of handles.liveQueries) {
      if (waitingCount > 0) heldSince = Math.min(heldSince, waitingSince)
      shared[at++] = handle
      shared[at++] = waitingCount
      shared[at++] = coalescedCount
      shared[at++] = lateCount
      shared[at++] = handles.groupCountOf(handle)
    }
    shared[slots.handleCount] = handles.liveQueries.size
    shared[slots.heldSince] = heldSince
  }
}
