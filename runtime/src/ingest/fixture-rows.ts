/**
 * Reads the rows of a fixture CSV, in chunks as they come: a header, then one sample per row, handed on as it is read.
 *
 * Reserved columns are `timestamp` (or `time`), `series`, `value`, `producer`, `tags` (separated by `;`) and `arrives`;
 * every other column is a tag key, its cell the value. Times and numbers are read from the bytes, and the cells that
 * make a series become text only once, so that a file of a million rows is read in a fraction of a second.
 */
import { parseTimestampBytes, timestampForms, type TimeUnit } from '../model/parse-timestamp.ts'
import { createSeries, type Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import { formatTimestamp, timestampMicrosMax, type Micros } from '../model/timestamp.ts'
import { cellText, shownCell } from './cell-text.ts'
import type { CsvRecord } from './csv-record.ts'
import { CsvTokenizer } from './csv-tokenizer.ts'
import { readHeader, type FixtureHeader } from './fixture-header.ts'
import { FixtureProducers } from './fixture-producers.ts'
import { FixtureSeries } from './fixture-series.ts'
import { parseDecimal } from './parse-decimal.ts'
import { assertProducer } from './producer-name.ts'

/** What a file leaves out. */
export interface FixtureRowsOptions {
  /** The series of rows that name none. */
  readonly series?: string | undefined
  /** Added to every row. */
  readonly tags?: readonly string[] | undefined
  /** The producer of rows that name none: a name, or a whole number from 1, which is a connection id. */
  readonly producer?: string | undefined
  /** What an integer timestamp counts; microseconds unless given. Nanoseconds are floored. */
  readonly timeUnit?: TimeUnit | undefined
  /** Who sends a row and when is told otherwise: the columns `producer` and `arrives` may be there and are not read. */
  readonly ignoresArrival?: boolean
  /** How to name the series of all rows, for an error text: `--series NAME`. */
  readonly seriesAdvice: string
}

/** Receives rows and errors, in the order of the file. */
export interface FixtureRowSink {
  /** The number of a series, asked for once for all rows with the same cells. May refuse by throwing `SlungError`. */
  intern(series: Series): number
  /**
   * One row. May refuse by throwing `SlungError`.
   *
   * @param arrives - the timestamp where the file says nothing
   * @param line - the physical line the row starts on, from 1
   * @param series - what `intern` returned
   * @param producer - into `FixtureRows.producers`; −1 = none
   */
  onRow(timestamp: Micros, arrives: Micros, value: number, line: number, series: number, producer: number): void
  /** One row is left out; or, when it is the header, all of them. May throw to end the reading. */
  onError(line: number, reason: string): void
}

/** Reads one file. */
export class FixtureRows {
  readonly #options: FixtureRowsOptions
  readonly #timeUnit: TimeUnit
  readonly #sink: FixtureRowSink
  readonly #tokenizer: CsvTokenizer
  #layout: Layout | undefined
  #headerFailed = false

  /**
   * @throws {SlungError} `bad-series` when the series or the tags in `options` break the rules of `createSeries`,
   * `bad-producer` when the producer is a number but no connection id
   */
  constructor(options: FixtureRowsOptions, sink: FixtureRowSink) {
    // Checked now, or else every row would be blamed. The name only stands in for those in the file.
    createSeries(options.series ?? 'series', options.tags ?? [])
    assertProducer(options.producer ?? '')
    this.#options = options
    this.#timeUnit = options.timeUnit ?? 'us'
    this.#sink = sink
    this.#tokenizer = new CsvTokenizer({
      onRecord: (record) => this.#take(record),
      onError: (line, reason) => this.#takeFault(line, reason),
    })
  }

  /** Whether there was a header that could be read. */
  get hasHeader(): boolean {
    return this.#layout !== undefined
  }

  /** The producers so far: distinct, in order of first appearance. */
  get producers(): readonly string[] {
    return this.#layout?.producers.list ?? []
  }

  /** Takes the next bytes, cut anywhere; they are copied. */
  push(chunk: Uint8Array): void {
    if (!this.#headerFailed) this.#tokenizer.push(chunk)
  }

  /** Takes the end of the file. */
  finish(): void {
    if (!this.#headerFailed) this.#tokenizer.finish()
  }

  #take(record: CsvRecord): void {
    if (this.#headerFailed) return
    try {
      if (this.#layout === undefined) this.#readHeader(record)
      else this.#readRow(record, this.#layout)
    } catch (error) {
      // What the leaves find does not know its line yet.
      if (!(error instanceof SlungError)) throw error
      this.#takeFault(record.line, error.message)
    }
  }

  #takeFault(line: number, reason: string): void {
    if (this.#headerFailed) return
    this.#headerFailed = this.#layout === undefined
    this.#sink.onError(line, reason)
  }

  #readHeader(record: CsvRecord): void {
    const { series = '', tags = [], producer = '', ignoresArrival = false, seriesAdvice } = this.#options
    const names = Array.from({ length: record.cellCount }, (_, column) => cellText(record, column).trim())
    const columns = readHeader(names, series !== '', seriesAdvice)
    const header = ignoresArrival ? { ...columns, arrives: -1, producer: -1 } : columns
    this.#layout = {
      header,
      series: new FixtureSeries(header, { series, tags, seriesAdvice }, (found) => this.#sink.intern(found)),
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
    const series = layout.series.numberOf(record)
    const producer = layout.producers.indexOf(record)
    this.#sink.onRow(timestamp, arrives, value, record.line, series, producer)
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
