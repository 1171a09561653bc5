/**
 * The counts of a run, in memory shared between the guest's thread, which keeps them up to date, and the engine's,
 * which shows them: also of a guest that computes, or hangs.
 */
import { handlesOpenMax, type HandleTable } from '../../engine/live/handle-table.ts'

const slots = {
  delivered: 0,
  coalesced: 1,
  late: 2,
  unpolled: 3,
  windowSamples: 4,
  handleCount: 5,
  handles: 6,
} as const
/** Of each handle: its number, and the Events in it that wait, have coalesced, were late. */
const handleSlots = 4

export interface HandleProgress {
  readonly handle: number
  readonly waiting: number
  readonly coalesced: number
  readonly late: number
}

export class RunProgress {
  readonly shared: Float64Array<SharedArrayBuffer>

  /** @param shared - of the other thread's `RunProgress`; new memory unless given */
  constructor(shared?: Float64Array<SharedArrayBuffer>) {
    const length = slots.handles + handleSlots * handlesOpenMax
    this.shared = shared ?? new Float64Array(new SharedArrayBuffer(8 * length))
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
      const at = slots.handles + handleSlots * index
      const [handle = 0, waiting = 0, coalesced = 0, late = 0] = this.shared.subarray(at, at + handleSlots)
      return { handle, waiting, coalesced, late }
    })
  }

  /** Notes everything but `delivered`. @param aheadCount - samples on the thread that are not revealed */
  note(handles: HandleTable, aheadCount: number): void {
    const { shared } = this
    shared[slots.coalesced] = handles.coalescedCount
    shared[slots.late] = handles.lateCount
    shared[slots.windowSamples] = handles.windowSampleCount
    shared[slots.unpolled] = handles.waitingCount + aheadCount
    let at: number = slots.handles
    for (const [handle, { waitingCount, coalescedCount, lateCount }] of handles.liveQueries) {
      shared[at++] = handle
      shared[at++] = waitingCount
      shared[at++] = coalescedCount
      shared[at++] = lateCount
    }
    shared[slots.handleCount] = handles.liveQueries.size
  }
}
