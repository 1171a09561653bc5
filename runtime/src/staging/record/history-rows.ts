/** The samples that a recording begins with: those stored from the time before it. */
import { whenThere, type Eventually } from '../../engine/model/eventually.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { grouped } from '../../engine/text/words.ts'
import { timestampMicrosMax, type Micros } from '../../engine/model/timestamp.ts'
import type { HistorySource, Selection, SeriesId } from '../../engine/store/history-source.ts'
import type { StoredFact } from './recorded-fact.ts'

/** Some 40 MB in columns, and as much again on the way, for each recording. */
export const historySamplesMax = 1_000_000

const everySeries: Selection = { names: null, tags: { kind: 'everything' } }

/**
 * Reads everything since `start` from a source elsewhere, which answers later.
 *
 * @throws {SlungError} `too-much-history`, or what the source throws; a promise rejects with the same
 */
export function readHistory(source: HistorySource, start: Micros): Eventually<StoredFact> {
  const span = { start: Math.max(start, -timestampMicrosMax), end: timestampMicrosMax }
  return whenThere(source.summarise(everySeries, span), ({ count }) => {
    if (count > historySamplesMax) throw tooMuchHistory()
    const rows = new Map<SeriesId, [timestamp: Micros, value: number][]>()
    const read = source.select(everySeries, span, (id, timestamp, value) => {
      const known = rows.get(id)
      if (known === undefined) rows.set(id, [[timestamp, value]])
      else known.push([timestamp, value])
    })
    return whenThere(read, () => ({
      kind: 'stored',
      series: [...rows.keys()].map((id) => ({ kind: 'series', id, ...source.series(id) })),
      ids: [...rows.keys()],
      counts: Array.from(rows.values(), (run) => run.length),
      timestamps: Float64Array.from([...rows.values()].flatMap((run) => run.map(([timestamp]) => timestamp))),
      values: Float64Array.from([...rows.values()].flatMap((run) => run.map(([, value]) => value))),
    }))
  })
}

export function tooMuchHistory(): SlungError {
  return new SlungError(
    'too-much-history',
    `the store holds more than the ${grouped(historySamplesMax)} samples that a recording can begin with; ` +
      'ask for a shorter history (--history)',
  )
}
