/**
 * Reads a fixture from CSV, in chunks as they come: a header, then one sample per row.
 *
 * Reserved columns are `timestamp` (or `time`), `series`, `value`, `producer`, `tags` (separated by `;`) and `arrives`;
 * every other column is a tag key, its cell the value. Times and numbers are read from the bytes, and the cells that
 * make a series become text only once, so that a file of a million rows is read in a fraction of a second.
 */
import { parseTimestampBytes, timestampForms, type TimeUnit } from '../model/parse-timestamp.ts'
import { createSeries } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import { formatTimestamp, timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import { shown } from '../query/printable.ts'
import { cellText, shownCell } from './cell-text.ts'
import type { CsvRecord } from './csv-record.ts'
import { CsvTokenizer } from './csv-tokenizer.ts'
import { FixtureError } from './fixture-error.ts'
import { readHeader, type FixtureHeader } from './fixture-header.ts'
import { FixtureProducers } from './fixture-producers.ts'
import { FixtureSeries } from './fixture-series.ts'
import { FixtureColumns, type Fixture } from './fixture.ts'
import { parseDecimal } from './parse-decimal.ts'
import { assertProducer } from './producer-name.ts'

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
  readonly #timeUnit: TimeUnit
  readonly #tokenizer: CsvTokenizer
  readonly #columns = new FixtureColumns()
  #layout: Layout | undefined
  #headerFailed = false
  #errorCount = 0

  /**
   * @throws {SlungError} `bad-series` when the series or the tags in `options` break the rules of `createSeries`,
   * `bad-producer` when the producer is a number but no connection id
   */
  constructor(options: FixtureOptions) {
    // Checked now, or else every row would be blamed. The name only stands in for those in the file.
    createSeries(options.series ?? 'series', options.tags ?? [])
    assertProducer(options.producer ?? '')
    this.#options = options
    this.#timeUnit = options.timeUnit ?? 'us'
    this.#tokenizer = new CsvTokenizer({
      onRecord: (record) => this.#take(record),
      onError: (line, reason) => this.#takeFault(line, reason),
    })
  }

  /**
   * Takes the next bytes, cut anywhere; they are copied.
   *
   * @throws {FixtureError} unless `onError` takes them
   */
  push(chunk: Uint8Array): void {
    if (!this.#headerFailed) this.#tokenizer.push(chunk)
  }

  /**
   * Takes the end of the file and hands the rows over.
   *
   * @throws {FixtureError} unless `onError` takes them
   */
  finish(): Fixture {
    if (!this.#headerFailed) this.#tokenizer.finish()
    const { file } = this.#options
    if (this.#columns.rowCount === 0 && this.#errorCount === 0) {
      const found = this.#layout === undefined ? 'there is nothing in it' : 'there are no rows after the header'
      this.#fail(null, `fixture ${shown(file)} is empty: ${found}, expected a header line and at least one row`)
    }
    return this.#columns.finish(file, this.#layout?.series.list ?? [], this.#layout?.producers.list ?? [])
  }

  #take(record: CsvRecord): void {
    if (this.#headerFailed) return
    try {
      if (this.#layout === undefined) this.#readHeader(record)
      else this.#readRow(record, this.#layout)
    } catch (error) {
      // What the leaves find does not know its line yet.
      if (!(error instanceof SlungError)) throw error
      this.#headerFailed = this.#layout === undefined
      this.#fail(record.line, error.message)
    }
  }

  #takeFault(line: number, reason: string): void {
    if (this.#headerFailed) return
    this.#headerFailed = this.#layout === undefined
    this.#fail(line, reason)
  }

  #readHeader(record: CsvRecord): void {
    const { series = '', tags = [], producer = '' } = this.#options
    const names = Array.from({ length: record.cellCount }, (_, column) => cellText(record, column).trim())
    const header = readHeader(names, series !== '')
    this.#layout = {
      header,
      series: new FixtureSeries(header, series, tags),
      producers: new FixtureProducers(header, producer),
    }
  }

  #readRow(record: CsvRecord, layout: Layout): void {
    const { header } = layout
    if (record.cellCount !== header.names.length) {
      const expected = `expected ${header.names.length} as in the header`
      throw new SlungError(
        'bad-row',
        `the row has ${record.cellCount} cell${record.cellCount === 1 ? '' : 's'}, ${expected}`,
      )
    }
    const timestamp = this.#readTime(record, header.timestamp, header)
    const value = readValue(record, header.value)
    const { arrives: arrivesAt } = header
    const arrives =
      arrivesAt < 0 || record.starts[arrivesAt] === record.ends[arrivesAt]
        ? timestamp
        : this.#readTime(record, arrivesAt, header)
    const series = layout.series.indexOf(record)
    const producer = layout.producers.indexOf(record)
    this.#columns.append(timestamp, arrives, value, record.line, series, producer)
  }

  #readTime(record: CsvRecord, column: number, header: FixtureHeader): Micros {
    const unit = this.#timeUnit
    const micros = parseTimestampBytes(record.bytes, record.starts[column]!, record.ends[column]!, unit)
    if (Number.isFinite(micros)) return micros
    const found = `${header.names[column]!} ${shownCell(record, column)}`
    if (Number.isNaN(micros)) {
      throw new SlungError('bad-timestamp', `${found} is not a time, expected ${timestampForms(unit)}`)
    }
    const range = `${formatTimestamp(-timestampMicrosMax)} to ${formatTimestamp(timestampMicrosMax)}`
    throw new SlungError('bad-timestamp', `${found} is out of range, expected ${range} (an integer counts ${unit})`)
  }

  #fail(line: number | null, reason: string): void {
    this.#errorCount++
    const error = new FixtureError(this.#options.file, line, reason)
    if (this.#options.onError === undefined) throw error
    this.#options.onError(error)
  }
}

/** What the header decides. */
interface Layout {
  readonly header: FixtureHeader
  readonly series: FixtureSeries
  readonly producers: FixtureProducers
}

function readValue(record: CsvRecord, column: number): number {
  const start = record.starts[column]!
  const end = record.ends[column]!
  const value = parseDecimal(record.bytes, start, end)
  if (Number.isFinite(value)) return value
  if (start === end) throw new SlungError('bad-value', 'value is empty, expected a number')
  const problem = Number.isNaN(value) ? 'is not a number' : 'is too large for a double'
  throw new SlungError('bad-value', `value ${shownCell(record, column)} ${problem}`)
}
