/**
 * The cost of a series, without sockets and disk: `node bench/series.ts`.
 *
 * A frame with one event of a series that the store does not know yet, and one of a series that it knows and the cache
 * of frames does not: with two short tags up to 100,000 series, and with the longest labels that a series may have up to
 * the default of `labels`. Each figure is the mean of the last thousandth to fifth of the series before it.
 *
 * The figures of one kind of labels should be equal: a series costs the same whatever the store holds.
 */
import { SampleBatchBuilder } from '../src/engine/model/columns.ts'
import { MemoryStore } from '../src/engine/store/memory-store.ts'
import { encodeEvents } from '../src/staging/wire/event-frame.ts'
import { FrameDecoder } from '../src/staging/wire/frame-decoder.ts'

const longTags = Array.from({ length: 63 }, (_, tag) => `${String(tag).padStart(2, '0')}=${'x'.repeat(1017)}`)
measure('two short tags', [1000, 10_000, 100_000], 1000, (index) => [`host=h${index}`, `region=r${index % 4}`])
// They differ only at their end, as those of a sender who wants lookups to be slow.
measure('64 tags of 1,020 bytes', [100, 500, 1000], 50, (index) => [
  ...longTags,
  `z=${String(index).padStart(1018, 'x')}`,
])

function measure(
  what: string,
  counts: readonly number[],
  sliceLength: number,
  tagsOf: (index: number) => string[],
): void {
  const store = new MemoryStore()
  let known = 0
  for (const count of counts) {
    take(store, frames(known, count - sliceLength, tagsOf))
    const slice = frames(count - sliceLength, count, tagsOf)
    const fresh = take(store, slice)
    const again = take(store, slice)
    known = count
    const micros = (millis: number): string => `${((millis * 1000) / sliceLength).toFixed(1)} µs`
    console.log(
      `${what}, ${count.toLocaleString('en')} series: a new one ${micros(fresh)}, a known one ${micros(again)}`,
    )
  }
}

function frames(from: number, to: number, tagsOf: (index: number) => string[]): Uint8Array[] {
  return Array.from({ length: to - from }, (_, index) =>
    encodeEvents([{ series: 'temp', timestamp: 1_767_225_600_000_000, value: 1, tags: tagsOf(from + index) }]),
  )
}

/** Takes frames with an empty cache. @returns milliseconds of processor time, which a busy machine does not change much */
function take(store: MemoryStore, all: readonly Uint8Array[]): number {
  const batch = new SampleBatchBuilder({
    intern: (series) => store.intern(series),
    latestFor: () => Number.POSITIVE_INFINITY,
  })
  const decoder = new FrameDecoder(batch)
  const before = process.cpuUsage()
  for (const frame of all) {
    decoder.decode(frame, (refusal) => {
      throw refusal
    })
    store.append(batch)
    batch.clear()
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
