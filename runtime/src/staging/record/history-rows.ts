/** The samples that a recording begins with: those stored from the time before it. */
import { whenThere, type Eventually } from '../../engine/model/eventually.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { grouped } from '../../engine/text/words.ts'
import { timestampMicrosMax, type Micros } from '../../engine/model/timestamp.ts'
import type { TimeSpan } from '../../engine/query/query.ts'
import type { HistorySource, Selection, SeriesId } from '../../engine/store/history-source.ts'
import type { StoredSamples } from './recorded-fact.ts'

/** Some 40 MB in columns, and as much again on the way, for each recording. */
export const historySamplesMax = 1_000_000

export const everySeries: Selection = { names: null, tags: { kind: 'everything' } }

/** Everything from `start` on. */
export function spanSince(start: Micros): TimeSpan {
  return { start: Math.max(start, -timestampMicrosMax), end: timestampMicrosMax }
}

/** @throws {SlungError} `too-much-history` for more samples than a recording can begin with */
export function admitHistory(count: number): void {
  if (count <= historySamplesMax) return
  throw new SlungError(
    'too-much-history',
    `the store holds more than the ${grouped(historySamplesMax)} samples that a recording can begin with; ` +
      'ask for a shorter history (--history)',
  )
}

/**
 * Reads everything since `start` from a source elsewhere, which answers later.
 *
 * @throws {SlungError} `too-much-history`, or what the source throws; a promise rejects with the same
 */
export function readHistory(source: HistorySource, start: Micros): Eventually<StoredSamples> {
  const span = spanSince(start)
  return whenThere(source.summarise(everySeries, span), ({ count }) => {
    admitHistory(count)
    const rows = new Map<SeriesId, [timestamp: Micros, value: number][]>()
    const read = source.select(everySeries, span, (id, timestamp, value) => {
      const known = rows.get(id)
      if (known === undefined) rows.set(id, [[timestamp, value]])
      else known.push([timestamp, value])
    })
    return whenThere(read, () => ({
      series: [...rows.keys()].map((id) => ({ kind: 'series', id, ...source.series(id) })),
      runs: {
        counts: Uint32Array.from(rows.values(), (run) => run.length),
        blocks: [
          {
            timestamps: Float64Array.from([...rows.values()].flatMap((run) => run.map(([timestamp]) => timestamp))),
            values: Float64Array.from([...rows.values()].flatMap((run) => run.map(([, value]) => value))),
          },
        ],
      },
    }))
  })
}
