/**
 * Reads the stored samples that a recording begins with, in turns with others who ask about the past, while samples
 * arrive. What it finds is what the store held when the recording began.
 */
import type { Arrivals, Reader } from '../../engine/arrival/arrivals.ts'
import { noWriter, readAsOf } from '../../engine/arrival/as-of.ts'
import type { Steps } from '../../engine/model/steps.ts'
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SeriesId } from '../../engine/store/history-source.ts'
import type { Asker } from '../system/fair-turns.ts'
import { admitHistory, everySeries, spanSince } from './history-rows.ts'
import type { SeriesMessage } from './record-protocol.ts'
import type { StoredSamples } from './recorded-fact.ts'

/**
 * Reads everything since `start`, as of this call.
 *
 * @param asker - nobody else asks through it
 * @throws {SlungError} `too-much-history`, what the store throws for a damaged chunk, or why the asker was closed
 */
export async function readStored(arrivals: Arrivals, start: Micros, asker: Asker): Promise<StoredSamples> {
  let ids: readonly SeriesId[] = []
  const reader: Reader = {
    position: arrivals.newest,
    // So many samples arrived that they are not kept: what is left is read first.
    setAside: () => asker.finish(),
    // When the samples of one are read, retention may remove them; it is described all the same.
    seriesAside: () => ids,
    forgetSeries: () => {},
  }
  // Now, and not when the first turn comes.
  arrivals.addReader(reader)
  try {
    return await asker.ask(function* (slice): Steps<StoredSamples> {
      const reading = readAsOf(arrivals, { arrival: reader.position, writer: noWriter }, slice)
      const span = spanSince(start)
      ids = yield* reading.match(everySeries)
      admitHistory((yield* reading.summarise(ids, span)).count)
      const series: SeriesMessage[] = []
      const runs = yield* reading.read(ids, span, (id) =>
        series.push({ kind: 'series', id, ...arrivals.store.series(id) }),
      )
      return { series, runs }
    })
  } finally {
    arrivals.removeReader(reader)
  }
}
