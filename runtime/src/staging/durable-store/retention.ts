/** Which chunks go when a store has to shrink: whole ones, so that nothing has to be rewritten. */
import type { Micros } from '../../engine/model/timestamp.ts'
import type { SeriesSamples } from '../../engine/store/series-samples.ts'
import type { DurableChunk } from './durable-chunk.ts'
import type { Removal } from './journal-record.ts'

type AllSamples = Iterable<SeriesSamples<DurableChunk>>

/** The chunks whose samples are all older than `before`. */
export function chunksBefore(all: AllSamples, before: Micros): Removal[] {
  const removals: Removal[] = []
  for (const { chunks } of all) {
    for (const { series, first, last } of chunks) {
      if (last >= before) break
      removals.push({ series, first, last })
    }
  }
  return removals
}

/** The oldest chunks on the disk, of any series, that together take `excessBytes`. Unsealed ones stay. */
export function oldestSealed(all: AllSamples, excessBytes: number): Removal[] {
  if (excessBytes <= 0) return []
  const onDisk: DurableChunk[] = []
  for (const { chunks } of all) for (const chunk of chunks) if (chunk.sealed !== undefined) onDisk.push(chunk)
  onDisk.sort((left, right) => left.last - right.last)
  let excess = excessBytes
  const removals: Removal[] = []
  for (const { series, first, last, sealed } of onDisk) {
    if (excess <= 0) break
    removals.push({ series, first, last })
    excess -= sealed!.byteLength
  }
  return removals
}
