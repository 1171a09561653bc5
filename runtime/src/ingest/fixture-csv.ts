/** Reads a whole fixture from CSV, in chunks as they come, into columns. What a row means is in `fixture-rows.ts`. */
import { seriesKey, type Series, type SeriesKey } from '../model/series.ts'
import type { TimeUnit } from '../model/parse-timestamp.ts'
import { shown } from '../query/printable.ts'
import { FixtureError } from './fixture-error.ts'
import { FixtureRows } from './fixture-rows.ts'
import { FixtureColumns, type Fixture } from './fixture.ts'

/** What a fixture is called, and what its file leaves out. */
export interface FixtureOptions {
  /** What errors call the fixture. */
  readonly file: string
  /** The series of rows that name none. */
  readonly series?: string
  /** Added to every row. */
  readonly tags?: readonly string[]
  /** The producer of rows that name none: a name, or a whole number from 1, which is a connection id. */
  readonly producer?: string
  /** What an integer timestamp counts; microseconds unless given. Nanoseconds are floored. */
  readonly timeUnit?: TimeUnit
  /**
   * Receives every error, in the order of the file; the row is left out and reading goes on. It may throw to end
   * that. Unless given, the first error is thrown.
   */
  readonly onError?: (error: FixtureError) => void
}

/**
 * Reads one fixture from chunks of bytes. Of no use any more once it has thrown or finished.
 *
 * @example
 * const reader = new FixtureReader({ file: 'hot.csv', series: 'temp' })
 * reader.push(new TextEncoder().encode('timestamp,value\n2026-01-01T00:00:07Z,41.5\n'))
 * reader.finish().values // Float64Array [41.5]
 */
export class FixtureReader {
  readonly #options: FixtureOptions
  readonly #rows: FixtureRows
  readonly #columns = new FixtureColumns()
  readonly #series: Series[] = []
  /** Different cells may mean the same series: tags have no order. */
  readonly #indexes = new Map<SeriesKey, number>()
  #errorCount = 0

  /**
   * @throws {SlungError} `bad-series` when the series or the tags in `options` break the rules of `createSeries`,
   * `bad-producer` when the producer is a number but no connection id
   */
  constructor(options: FixtureOptions) {
    const { series, tags, producer, timeUnit } = options
    const seriesAdvice = '--series NAME, or series: NAME in a spec'
    this.#options = options
    this.#rows = new FixtureRows(
      { series, tags, producer, timeUnit, seriesAdvice },
      {
        intern: (found) => this.#indexOf(found),
        onRow: (timestamp, arrives, value, line, index, producerIndex) =>
          this.#columns.append(timestamp, arrives, value, line, index, producerIndex),
        onError: (line, reason) => this.#fail(line, reason),
      },
    )
  }

  /**
   * Takes the next bytes, cut anywhere; they are copied.
   *
   * @throws {FixtureError} unless `onError` takes them
   */
  push(chunk: Uint8Array): void {
    this.#rows.push(chunk)
  }

  /**
   * Takes the end of the file and hands the rows over.
   *
   * @throws {FixtureError} unless `onError` takes them
   */
  finish(): Fixture {
    this.#rows.finish()
    const { file } = this.#options
    if (this.#columns.rowCount === 0 && this.#errorCount === 0) {
      const found = this.#rows.hasHeader ? 'there are no rows after the header' : 'there is nothing in it'
      this.#fail(null, `fixture ${shown(file)} is empty: ${found}, expected a header line and at least one row`)
    }
    return this.#columns.finish(file, this.#series, this.#rows.producers)
  }

  #indexOf(series: Series): number {
    const key = seriesKey(series)
    let index = this.#indexes.get(key)
    if (index === undefined) {
      index = this.#series.push(series) - 1
      this.#indexes.set(key, index)
    }
    return index
  }

  #fail(line: number | null, reason: string): void {
    this.#errorCount++
    const error = new FixtureError(this.#options.file, line, reason)
    if (this.#options.onError === undefined) throw error
    this.#options.onError(error)
  }
}
