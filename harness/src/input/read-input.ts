/** The input of a replay, in all its forms, as fixtures. */
import { isAbsolute, relative } from 'node:path'
import {
  createSeries,
  noProducer,
  seriesKey,
  type Fixture,
  type Micros,
  type Series,
  type SeriesKey,
} from '@slung/runtime'
import { startDefault } from '../run/passage-of-time.ts'
import { inlineFixture } from './inline-series.ts'
import { checkRow, type InputRow, type RowsInput } from '../run/input-row.ts'
import { readFixture, type FixtureSource } from './read-fixture.ts'

export type InputSource = FixtureSource | InlineInput | RowsInput

/** A series written in a spec or a test: `temp{sensor=1}` and its values in promtool's notation. */
export interface InlineInput {
  readonly key: string
  /** At least 1. */
  readonly everyMicros: Micros
  readonly values: string
  /** Where it is written, for messages and causes. */
  readonly file: string
  readonly line: number
}

/**
 * Reads all parts of an input.
 *
 * @param start - when the workflow starts; `null` unless given
 * @throws {SlungError} `bad-fixture`, `bad-input`, `bad-series`
 */
export async function readInputs(sources: readonly InputSource[], start: Micros | null): Promise<Fixture[]> {
  return await Promise.all(
    sources.map(async (source) => {
      if ('csv' in source) return readFixture(source)
      if ('rows' in source) return rowsFixture(source.rows)
      const file = isAbsolute(source.file) ? relative(process.cwd(), source.file) : source.file
      return inlineFixture({ ...source, file, startMicros: start ?? startDefault })
    }),
  )
}

/** @throws {SlungError} `bad-input` for a row that no fixture could hold, `bad-series` or `bad-producer` */
function rowsFixture(rows: readonly InputRow[]): Fixture {
  const seriesTable: Series[] = []
  const seriesIndexes = new Map<SeriesKey, number>()
  const producerNames = [...new Set(rows.flatMap(({ producer }) => producer ?? []))]
  const seriesOf = (row: InputRow): number => {
    const series = createSeries(row.series, row.tags ?? [])
    const key = seriesKey(series)
    let index = seriesIndexes.get(key)
    if (index === undefined) {
      index = seriesTable.push(series) - 1
      seriesIndexes.set(key, index)
    }
    return index
  }
  for (const [index, row] of rows.entries()) checkRow(row, `replay row ${index + 1} of the input`)
  return {
    file: 'rows',
    count: rows.length,
    series: Uint32Array.from(rows, seriesOf),
    timestamps: Float64Array.from(rows, ({ timestamp }) => timestamp),
    values: Float64Array.from(rows, ({ value }) => value),
    producers: Float64Array.from(rows, ({ producer }) =>
      producer === undefined ? noProducer : producerNames.indexOf(producer) + 1,
    ),
    arrives: Float64Array.from(rows, ({ timestamp, arrives }) => arrives ?? timestamp),
    lines: Uint32Array.from(rows.keys(), (index) => index + 1),
    seriesTable,
    producerNames,
  }
}
