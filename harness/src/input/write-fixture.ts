/**
 * Writes rows as a fixture CSV, which reads back as the same rows.
 *
 * A tag `sensor=1` goes into the column `sensor`. A tag that cannot have a column (a flag, a second `sensor`, one named
 * like a reserved column) goes into the column `tags`. Columns that no row needs are left out.
 */
import {
  createSeries,
  fitsTagsCell,
  formatTimestamp,
  quoteCell,
  reservedColumns,
  seriesKey,
  SlungError,
  type SeriesKey,
} from '@slung/runtime'
import { checkRow, type InputRow } from '../run/input-row.ts'

/**
 * The text of the file: a header, then a record per row, in order.
 *
 * @throws {SlungError} `bad-input` without rows, or for a row that no fixture can hold, such as one with the tag `a;b`;
 *   `bad-series`, `bad-producer`
 */
export function toCsv(rows: readonly InputRow[]): string {
  if (rows.length === 0)
    throw new SlungError('bad-input', 'cannot write a fixture: there are no rows, expected at least one')
  return fixtureRecords(rows).join('')
}

/**
 * The records of the file, the header first, each with its line end; a producer's name may make a record span lines.
 */
export function fixtureRecords(rows: readonly InputRow[]): string[] {
  const placed = new Map<SeriesKey, PlacedTags>()
  const tagsOfRows = rows.map((row, index) => {
    const series = createSeries(row.series, row.tags ?? [])
    const key = seriesKey(series)
    let tags = placed.get(key)
    if (tags === undefined) {
      tags = placeTags(series.tags, index)
      placed.set(key, tags)
    }
    return tags
  })
  const hasArrivals = rows.some(({ timestamp, arrives = timestamp }) => arrives !== timestamp)
  const hasProducers = rows.some(({ producer }) => producer !== undefined)
  const hasLooseTags = tagsOfRows.some(({ loose }) => loose !== '')
  const tagColumns = [...new Set([...placed.values()].flatMap(({ columns }) => [...columns.keys()]))]

  const header = [
    'timestamp',
    ...(hasArrivals ? ['arrives'] : []),
    'series',
    ...tagColumns,
    ...(hasLooseTags ? ['tags'] : []),
    ...(hasProducers ? ['producer'] : []),
    'value',
  ]
  const records = rows.map((row, index) => {
    const { timestamp, arrives = timestamp, series, producer } = row
    const { columns, loose } = tagsOfRows[index]!
    checkRow(row, placeOf(index))
    return [
      formatTimestamp(timestamp),
      ...(hasArrivals ? [arrives === timestamp ? '' : formatTimestamp(arrives)] : []),
      series,
      ...tagColumns.map((column) => columns.get(column) ?? ''),
      ...(hasLooseTags ? [loose] : []),
      ...(hasProducers ? [producer ?? ''] : []),
      formatNumber(row.value),
    ]
  })
  return [header, ...records].map((cells) => `${cells.map(quoteCell).join(',')}\n`)
}

interface PlacedTags {
  /** Cells by column. */
  readonly columns: ReadonlyMap<string, string>
  /** The cell `tags`. */
  readonly loose: string
}

/** @param index - of the row, for messages */
function placeTags(tags: readonly string[], index: number): PlacedTags {
  const columns = new Map<string, string>()
  const loose: string[] = []
  // Tags that fit nowhere else choose their column first.
  for (const tag of tags.toSorted((one, other) => Number(fitsTagsCell(one)) - Number(fitsTagsCell(other)))) {
    const [column, cell] = splitTag(tag)
    if (isColumn(column) && cell !== '' && !columns.has(column)) {
      columns.set(column, cell)
    } else if (fitsTagsCell(tag)) {
      loose.push(tag)
    } else {
      const reason = tag.includes(';')
        ? 'a ";" separates tags in the column "tags"'
        : 'spaces around a tag are dropped there'
      throw refusal(index, `the tag ${JSON.stringify(tag)} fits no column, and ${reason}`)
    }
  }
  return { columns, loose: loose.join(';') }
}

function splitTag(tag: string): [column: string, cell: string] {
  const at = tag.indexOf('=')
  return at < 0 ? ['', ''] : [tag.slice(0, at), tag.slice(at + 1)]
}

function isColumn(name: string): boolean {
  return name !== '' && name === name.trim() && !reservedColumns.has(name)
}

function refusal(index: number, problem: string): SlungError {
  return new SlungError('bad-input', `cannot ${placeOf(index)}: ${problem}`)
}

function placeOf(index: number): string {
  return `write row ${index + 1} as a fixture`
}

/** `String` loses the sign of −0. */
function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
