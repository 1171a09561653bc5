/** The samples that a recording begins with: those stored from the time before it. */
import { whenThere, type Eventually } from '../../engine/model/eventually.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { grouped, plural } from '../../engine/text/words.ts'
import { timestampMicrosMax, type Micros } from '../../engine/model/timestamp.ts'
import type { HistorySource, Selection } from '../../engine/store/history-source.ts'

/** A snapshot in columns of the same length, oldest first. */
export interface HistoryRows {
  readonly series: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** Some 20 MB of memory, and about a second in which nothing else happens. */
export const historySamplesMax = 1_000_000

const everySeries: Selection = { names: null, tags: { kind: 'everything' } }

/**
 * Copies everything since `start`. A local source is copied within this call, so samples taken afterwards are not
 * history.
 *
 * @throws {SlungError} `too-much-history`, or what the source throws for a damaged chunk; a promise rejects with the
 *   same
 */
export function readHistory(source: HistorySource, start: Micros): Eventually<HistoryRows> {
  const span = { start: Math.max(start, -timestampMicrosMax), end: timestampMicrosMax }
  return whenThere(source.summarise(everySeries, span), ({ count }) => {
    if (count > historySamplesMax) throw tooMuch(count)
    const series = new Uint32Array(count)
    const timestamps = new Float64Array(count)
    const values = new Float64Array(count)
    let row = 0
    const read = source.select(everySeries, span, (id, timestamp, value) => {
      // Elsewhere the samples may have changed since they were counted.
      if (row === count) return
      series[row] = id
      timestamps[row] = timestamp
      values[row++] = value
    })
    return whenThere(read, () => ({
      series: series.subarray(0, row),
      timestamps: timestamps.subarray(0, row),
      values: values.subarray(0, row),
    }))
  })
}

function tooMuch(count: number): SlungError {
  const counts = `${plural(count, 'sample')}, more than the ${grouped(historySamplesMax)}`
  return new SlungError(
    'too-much-history',
    `the store holds ${counts} that a recording can begin with; ask for a shorter history`,
  )
}
