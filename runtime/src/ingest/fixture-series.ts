/** Which series a row belongs to: its name and tags from cells and defaults, each distinct combination made once. */
import { createSeries, seriesKey, type Series, type SeriesKey } from '../model/series.ts'
import { SlungError } from '../model/slung-error.ts'
import { CellTable } from './cell-table.ts'
import { cellText } from './cell-text.ts'
import type { CsvRecord } from './csv-record.ts'
import type { FixtureHeader } from './fixture-header.ts'

/** The series of one fixture, numbered in order of first appearance. */
export class FixtureSeries {
  readonly list: Series[] = []
  readonly #header: FixtureHeader
  readonly #defaultName: string
  readonly #addedTags: readonly string[]
  readonly #table: CellTable
  /** Different cells may mean the same series: tags have no order. */
  readonly #indexes = new Map<SeriesKey, number>()

  /**
   * @param defaultName - for rows whose `series` cell is empty; '' = none
   * @param addedTags - for every row
   */
  constructor(header: FixtureHeader, defaultName: string, addedTags: readonly string[]) {
    this.#header = header
    this.#defaultName = defaultName
    this.#addedTags = addedTags
    this.#table = new CellTable([header.series, header.tags, ...header.tagColumns].filter((column) => column >= 0))
  }

  /**
   * The index of a row's series in `list`.
   *
   * @throws {SlungError} when the cells make no series
   */
  indexOf(record: CsvRecord): number {
    const known = this.#table.find(record)
    if (known >= 0) return known
    const series = this.#read(record)
    const key = seriesKey(series)
    let index = this.#indexes.get(key)
    if (index === undefined) {
      index = this.list.push(series) - 1
      this.#indexes.set(key, index)
    }
    this.#table.add(record, index)
    return index
  }

  #read(record: CsvRecord): Series {
    const header = this.#header
    const name = (header.series < 0 ? '' : cellText(record, header.series)) || this.#defaultName
    if (name === '') {
      const expected = 'fill the cell, or name the series of such rows (--series NAME, or series: NAME in a spec)'
      throw new SlungError('bad-series', `series is empty: ${expected}`)
    }
    const tags = [...this.#addedTags]
    if (header.tags >= 0) {
      for (const part of cellText(record, header.tags).split(';')) {
        const tag = part.trim()
        if (tag !== '') tags.push(tag)
      }
    }
    for (const column of header.tagColumns) {
      const cell = cellText(record, column)
      if (cell !== '') tags.push(`${header.names[column]!}=${cell}`)
    }
    return createSeries(name, tags)
  }
}
