/**
 * Where decoded samples go: the contract between whatever reads a wire format (frames, NDJSON, line protocol, CSV) and
 * whoever stores samples. Both methods refuse by throwing `SlungError`; the reader reports the refusal and goes on.
 */
import type { Series } from './series.ts'
import type { Micros } from './timestamp.ts'

export interface SampleSink {
  /** The number under which samples of this series are appended. @throws {SlungError} `too-many-series` */
  intern(series: Series): number

  /**
   * Takes one sample.
   *
   * @param series - what `intern` returned
   * @throws {SlungError} `bad-timestamp`, `bad-value`, `future-timestamp`; nothing is stored then
   */
  append(series: number, timestamp: Micros, value: number): void
}
