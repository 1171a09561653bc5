/** Appends a single sample to a store, whose contract takes batches. */
import { noProducer } from '../src/engine/model/columns.ts'
import type { SampleHead } from '../src/engine/store/sample-head.ts'

/** @throws {SlungError} why the store refuses it */
export function appendSample(
  store: Pick<SampleHead, 'append'>,
  series: number,
  timestamp: number,
  value: number,
): void {
  const [refusal] = store.append({
    count: 1,
    series: Uint32Array.of(series),
    timestamps: Float64Array.of(timestamp),
    values: Float64Array.of(value),
    producers: Float64Array.of(noProducer),
  })
  if (refusal !== undefined) throw refusal.error
}
