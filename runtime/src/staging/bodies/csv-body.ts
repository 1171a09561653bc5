/**
 * Reads samples from a CSV body, in the form of fixtures (`docs/testing-specs.md`), row by row into a batch.
 *
 * A body has no connections and arrives when it arrives: the columns `producer` and `arrives` are allowed, so that a
 * fixture can be sent as it is, but ignored.
 */
import type { TimeUnit } from '../../engine/model/parse-timestamp.ts'
import type { BodyReader, IngestReport } from './body-reader.ts'
import { FixtureRows } from '../../engine/fixture/fixture-rows.ts'
import { reportReason } from './report-refusal.ts'
import type { SampleBatchBuilder } from '../../engine/model/columns.ts'

export interface CsvBodyOptions {
  /** The series of rows that name none. */
  readonly series?: string
  /** Added to every row. */
  readonly tags?: readonly string[]
  /** The unit of integer timestamps; microseconds by default. Nanoseconds are floored. */
  readonly timeUnit?: TimeUnit
}

/** Reads one body. A header that cannot be read is the only error then, and no row is read. */
export class CsvBody implements BodyReader {
  readonly #batch: SampleBatchBuilder
  readonly #rows: FixtureRows
  #removalCount: number

  /** @throws {SlungError} `bad-series` when the series or the tags in `options` break the rules of `createSeries` */
  constructor(batch: SampleBatchBuilder, report: IngestReport, { series, tags, timeUnit }: CsvBodyOptions) {
    this.#batch = batch
    this.#removalCount = batch.removalCount
    this.#rows = new FixtureRows(
      { series, tags, timeUnit, ignoresArrival: true, seriesAdvice: 'the parameter series=NAME' },
      {
        intern: (found, timestamp) => batch.intern(found, timestamp),
        onRow: (timestamp, _arrives, value, line, index) => {
          batch.add(index, timestamp, value, line)
          report.accepted++
        },
        onError: (line, reason) => reportReason(report, line, reason),
      },
    )
  }

  push(chunk: Uint8Array): void {
    this.#forgetRemoved()
    this.#rows.push(chunk)
  }

  finish(): void {
    this.#forgetRemoved()
    this.#rows.finish()
  }

  #forgetRemoved(): void {
    const { removalCount } = this.#batch
    if (removalCount === this.#removalCount) return
    this.#removalCount = removalCount
    this.#rows.forgetSeries()
  }
}
