/** The samples that a recording begins with: what the store held of the time before. */
import { SlungError } from '../../engine/model/slung-error.ts'
import { timestampMicrosMax, type Micros } from '../../engine/model/timestamp.ts'
import type { Selection, SeriesId } from '../../engine/store/history-source.ts'
import type { SampleHead } from '../../engine/store/sample-head.ts'

/** A snapshot of columns, oldest first; all are as long. */
export interface HistoryRows {
  readonly series: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** Some 20 MB of memory, and about a second in which nothing else is done. */
export const historySamplesMax = 1_000_000

/**
 * Copies everything since `start`, all at once: what is taken afterwards is no history.
 *
 * @throws {SlungError} `too-much-history`, or what the store throws for a damaged chunk
 */
export function readHistory(store: SampleHead, start: Micros): HistoryRows {
  const selection = everythingIn(store)
  const span = { start: Math.max(start, -timestampMicrosMax), end: timestampMicrosMax }
  const { count } = store.summarise(selection, span)
  if (count > historySamplesMax) {
    const counts = `${count.toLocaleString('en-US')} samples, more than the ${historySamplesMax.toLocaleString('en-US')}`
    throw new SlungError(
      'too-much-history',
      `the store holds ${counts} that a recording can begin with; ask for a shorter history`,
    )
  }
  const rows = {
    series: new Uint32Array(count),
    timestamps: new Float64Array(count),
    values: new Float64Array(count),
  }
  let row = 0
  store.select(selection, span, (series: SeriesId, timestamp, value) => {
    rows.series[row] = series
    rows.timestamps[row] = timestamp
    rows.values[row++] = value
  })
  return rows
}

function everythingIn(store: SampleHead): Selection {
  const names = new Set<string>()
  const { series } = store.counts()
  for (let id = 0; id < series; id++) names.add(store.series(id).name)
  return { names: [...names], tags: { kind: 'everything' } }
}
