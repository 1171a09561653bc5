/**
 * The samples of a data directory as a fixture: in order of time, as if each had arrived at its timestamp. A store does
 * not keep when a sample came, nor from which connection.
 */
import {
  formatTimestamp,
  grouped,
  noProducer,
  plural,
  SlungError,
  timestampMicrosMax,
  type Fixture,
  type Selection,
  type Series,
  type TimeSpan,
} from '@slung/runtime'
import { keepShowing, percentOf, withProgress } from '../run/progress.ts'
import { StoredHistory } from '@slung/runtime/store'

export interface StoreSource {
  /** The data directory. A runtime may have it open; nothing is written to it. */
  readonly directory: string
  /** Which samples to read, both ends inclusive. */
  readonly span: TimeSpan
  /** The connection that all samples are said to come from; `null` = none. */
  readonly producer: string | null
}

/** Some ten milliseconds. */
const rowsPerTick = 65_536

const everySeries: Selection = { names: null, tags: { kind: 'everything' } }

/**
 * Reads a store as it is at this moment. Equal timestamps are in the order in which the store first saw their series.
 *
 * @throws {SlungError} `no-samples`; `cannot-open-store`, `store-format` or `store-corrupt`
 */
export async function readStore({ directory, span, producer }: StoreSource): Promise<Fixture> {
  const history = await StoredHistory.open(directory)
  try {
    const { count } = history.summarise(everySeries, span)
    if (count === 0) throw noSamples(directory, span, history.summarise(everySeries, null).count)
    const timestamps = new Float64Array(count)
    const values = new Float64Array(count)
    const series = new Uint32Array(count)
    const seriesTable: Series[] = []
    // By id in the store.
    const positions: number[] = []
    let row = 0
    const read = (): void =>
      history.select(everySeries, span, (id, timestamp, value) => {
        timestamps[row] = timestamp
        values[row] = value
        series[row++] = positions[id] ??= seriesTable.push(history.series(id)) - 1
        if (row % rowsPerTick === 0) keepShowing()
      })
    await withProgress(
      (seconds) =>
        `reading ${directory}: ${percentOf(row, count)}, ${grouped(row)} of ${plural(count, 'sample')}, ${seconds} s`,
      async () => read(),
    )
    return {
      file: directory,
      count,
      series,
      timestamps,
      values,
      producers: new Float64Array(count).fill(producer === null ? noProducer : 1),
      arrives: timestamps.slice(),
      lines: new Uint32Array(count),
      seriesTable,
      producerNames: producer === null ? [] : [producer],
    }
  } finally {
    await history.close()
  }
}

function noSamples(directory: string, { start, end }: TimeSpan, total: number): SlungError {
  const since = start === -timestampMicrosMax ? '' : ` from ${formatTimestamp(start)}`
  const until = end === timestampMicrosMax ? '' : ` up to ${formatTimestamp(end)}`
  const found =
    total === 0
      ? 'it has no samples'
      : `it has no samples${since}${until}, and ${plural(total, 'sample')} at other times`
  return new SlungError('no-samples', `cannot backtest over the store "${directory}": ${found}`)
}
