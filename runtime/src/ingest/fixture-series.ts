/** Which series a row belongs to: its name and tags from cells and defaults, each distinct combination made once. */
import { createSeries, type Series } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import { CellTable } from './cell-table.ts'
import { cellText } from './cell-text.ts'
import type { CsvRecord } from './csv-record.ts'
import type { FixtureHeader } from './fixture-header.ts'

export interface FixtureSeriesDefaults {
  /** For rows whose `series` cell is empty; '' = none. */
  readonly series: string
  /** For every row. */
  readonly tags: readonly string[]
  /** How to name the series of all rows, for an error text. */
  readonly seriesAdvice: string
}

/** The numbers of the series of one file. */
export class FixtureSeries {
  readonly #header: FixtureHeader
  readonly #defaults: FixtureSeriesDefaults
  readonly #intern: (series: Series) => number
  #table: CellTable

  /** @param intern - gives a series its number; asked again for other cells that mean the same series */
  constructor(header: FixtureHeader, defaults: FixtureSeriesDefaults, intern: (series: Series) => number) {
    this.#header = header
    this.#defaults = defaults
    this.#intern = intern
    this.#table = createTable(header)
  }

  /**
   * The number of a row's series.
   *
   * @throws {SlungError} when the cells make no series, or what `intern` throws
   */
  numberOf(record: CsvRecord): number {
    const known = this.#table.find(record)
    if (known >= 0) return known
    const number = this.#intern(this.#read(record))
    if (this.#table.isFull) this.#table = createTable(this.#header)
    this.#table.add(record, number)
    return number
  }

  #read(record: CsvRecord): Series {
    const header = this.#header
    const { series, tags: addedTags, seriesAdvice } = this.#defaults
    const name = (header.series < 0 ? '' : cellText(record, header.series)) || series
    if (name === '') {
      const expected = `fill the cell, or name the series of such rows (${seriesAdvice})`
      throw new SlungError('bad-series', `series is empty: ${expected}`)
    }
    const tags = [...addedTags]
    if (header.tags >= 0) tags.push(...splitTags(cellText(record, header.tags)))
    for (const column of header.tagColumns) {
      const cell = cellText(record, column)
      if (cell !== '') tags.push(`${header.names[column]!}=${cell}`)
    }
    return createSeries(name, tags)
  }
}

/** The tags in a text that separates them by `;`; blanks around and empty ones do not count. */
export function splitTags(text: string): string[] {
  return text
    .split(';')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '')
}

function createTable(header: FixtureHeader): CellTable {
  return new CellTable([header.series, header.tags, ...header.tagColumns].filter((column) => column >= 0))
}
