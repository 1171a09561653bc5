/** Counts what happens, for `/metrics`: since the start of the runtime. */
import type { SampleBatch } from '../../engine/model/columns.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import type { Observer } from './observer.ts'

export class EventCounts implements Observer {
  samplesAccepted = 0
  /** Frames, events and lines. */
  refusals = 0
  commits = 0
  connectionsOpened = 0
  /** Connections closed because they did not read. */
  slowConnectionsClosed = 0
  isStoreFailing = false

  samples({ count }: SampleBatch): void {
    this.samplesAccepted += count
  }

  refused(count: number): void {
    this.refusals += count
  }

  committed(): void {
    this.commits++
  }

  storeFailing(failure: SlungError | null): void {
    this.isStoreFailing = failure !== null
  }

  connected(): void {
    this.connectionsOpened++
  }

  cutOff(): void {
    this.slowConnectionsClosed++
  }
}
