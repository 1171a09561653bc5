/** Who sent a row: the `producer` cell or the default, each distinct text numbered once. */
import { CellTable } from './cell-table.ts'
import { cellText } from './cell-text.ts'
import type { CsvRecord } from './csv-record.ts'
import type { FixtureHeader } from './fixture-header.ts'
import { assertProducer } from './producer-name.ts'

/** The producers of one fixture, numbered in order of first appearance. */
export class FixtureProducers {
  readonly list: string[] = []
  readonly #column: number
  readonly #defaultName: string
  /** Index + 1; 0 = no producer. */
  readonly #table: CellTable
  /** The default may be in a cell as well. */
  readonly #indexes = new Map<string, number>()

  /** @param defaultName - for rows whose `producer` cell is empty, checked by the caller; '' = none */
  constructor(header: FixtureHeader, defaultName: string) {
    this.#column = header.producer
    this.#defaultName = defaultName
    this.#table = new CellTable(header.producer < 0 ? [] : [header.producer])
  }

  /**
   * The index of a row's producer in `list`; −1 = none.
   *
   * @throws {SlungError} `bad-text` when the cell is not UTF-8, `bad-producer` when it is a number but no connection id
   */
  indexOf(record: CsvRecord): number {
    const known = this.#table.find(record)
    if (known >= 0) return known - 1
    const name = (this.#column < 0 ? '' : cellText(record, this.#column)) || this.#defaultName
    let index = name === '' ? -1 : this.#indexes.get(name)
    if (index === undefined) {
      assertProducer(name)
      index = this.list.push(name) - 1
      this.#indexes.set(name, index)
    }
    this.#table.add(record, index + 1)
    return index
  }
}
