/** Counts what happens, for `/metrics`: since the start of the runtime. */
import type { SampleBatch } from '../../engine/model/columns.ts'
import type { SlungErrorCode } from '../../engine/model/slung-error-code.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import { Histogram } from './histogram.ts'
import { HttpCounts } from './http-counts.ts'
import type { Observer, Writeback } from './observer.ts'

export class EventCounts implements Observer {
  samplesAccepted = 0
  /** Frames, events and lines. */
  readonly refusals: Map<SlungErrorCode, number> = new Map()
  /** Requests and upgrades, by the status of the answer. */
  readonly denials: Map<number, number> = new Map()
  commits = 0
  /** In seconds, of those with samples. */
  readonly commitSeconds: Histogram = new Histogram()
  readonly http: HttpCounts = new HttpCounts()
  connectionsOpened = 0
  /** Connections closed because they did not read. */
  slowConnectionsClosed = 0
  isStoreFailing = false

  samples({ count }: SampleBatch): void {
    this.samplesAccepted += count
  }

  refused(reason: SlungErrorCode, count: number): void {
    if (count > 0) this.refusals.set(reason, (this.refusals.get(reason) ?? 0) + count)
  }

  committed(sampleCount: number, durationMillis: number): void {
    this.commits++
    if (sampleCount > 0) this.commitSeconds.observe(durationMillis / 1000)
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

  denied(_path: string, status: number): void {
    this.denials.set(status, (this.denials.get(status) ?? 0) + 1)
  }

  wrote(workflow: string, writeback: Writeback): void {
    if (writeback.kind === 'http') this.http.note(workflow, writeback)
  }
}
