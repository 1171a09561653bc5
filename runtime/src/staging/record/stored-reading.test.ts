import fc from 'fast-check'
import { expect, test } from 'vitest'
import { VirtualTime } from '../../../test/virtual-time.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { noProducer } from '../../engine/model/columns.ts'
import { createSeries } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { timestampMicrosMax } from '../../engine/model/timestamp.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import { FairTurns } from '../system/fair-turns.ts'
import type { StoredSamples } from './recorded-fact.ts'
import { Scribe } from './scribe.ts'
import { readStored } from './stored-reading.ts'

/** More than samples that arrive leave between two turns. */
const turnMillis = 100

/** A store with series, and turns whose slices are over at each look, with samples on their way between them. */
function open({ names = ['a', 'b', 'c'], keptMax = 10_000 } = {}) {
  const time = new VirtualTime(0)
  const store = new MemoryStore()
  for (const name of names) store.intern(createSeries(name, []))
  const arrivals = new Arrivals({ store, now: () => 0, keptMax })
  let lookCount = 0
  const clock = { elapsedMillis: () => time.elapsedMillis() + 0.5 * lookCount++ }
  const turns = new FairTurns({ clock, timers: time, arrivedCount: () => arrivals.newest, isCommitting: () => true })
  const read = (start: number): Promise<StoredSamples> => readStored(arrivals, start, turns.createAsker())
  return { time, store, arrivals, read }
}

function take(
  arrivals: Arrivals,
  rows: readonly (readonly [series: number, timestamp: number, value: number])[],
): void {
  const batch = {
    count: rows.length,
    series: Uint32Array.from(rows, ([series]) => series),
    timestamps: Float64Array.from(rows, ([, timestamp]) => timestamp),
    values: Float64Array.from(rows, ([, , value]) => value),
    producers: new Float64Array(rows.length).fill(noProducer),
  }
  arrivals.append(batch, 0)
  arrivals.endTurn()
}

/** The rows that a recorder gets. */
function rowsOf(stored: StoredSamples): number[][] {
  const begin = { kind: 'begin', at: 0, version: '', workflows: [] } as const
  const texts: string[] = []
  for (const part of new Scribe(true).take({ kind: 'opened', begin, stored })) if ('text' in part) texts.push(part.text)
  return texts.flatMap((text) => (JSON.parse(text) as { rows?: number[][] }).rows ?? [])
}

test('law: read in turns, while samples arrive, it is what the store held at the beginning', async () => {
  const sample = fc.tuple(fc.nat(2), fc.nat(4000), fc.integer({ min: 1, max: 99 }))
  // Several chunks of each series.
  const size = 'max'
  const batches = fc.array(fc.array(sample, { minLength: 1, maxLength: 2000, size }), { maxLength: 5, size })
  await fc.assert(
    fc.asyncProperty(batches, batches, fc.constantFrom(10_000, 300), async (before, later, keptMax) => {
      const { time, store, arrivals, read } = open({ keptMax })
      for (const rows of before) take(arrivals, rows)
      const held: number[][] = []
      store.select({ names: null, tags: { kind: 'everything' } }, { start: 100, end: 1e9 }, (...row) => held.push(row))

      const stored = read(100)
      for (const rows of later) {
        take(arrivals, rows)
        await time.advance(turnMillis)
      }
      expect(rowsOf(await time.until(stored, 1e6))).toEqual(held)
      // Nothing is kept for it any more.
      expect(arrivals.before).toBe(arrivals.newest)
    }),
    // A smaller example takes minutes to find.
    { numRuns: 30, endOnFailure: true },
  )
})

test('samples that arrive wait for a small part of it', async () => {
  const { time, arrivals, read } = open()
  take(
    arrivals,
    Array.from({ length: 100_000 }, (_, timestamp) => [0, timestamp, 1] as const),
  )
  const stored = read(0)
  const beganAt = time.elapsedMillis()
  expect(rowsOf(await time.until(stored, 1e6))).toHaveLength(100_000)
  // In virtual time: each chunk waited for its turn.
  expect(time.elapsedMillis() - beganAt).toBeGreaterThan(97 * 12)
})

test('what retention removes meanwhile is missing or has its name, and nothing fails', async () => {
  const counts = new Set<number>()
  for (let turnCount = 0; turnCount < 12; turnCount++) {
    const { time, store, arrivals, read } = open()
    take(arrivals, [
      [0, 1, 1],
      [1, 2, 2],
      [2, 3, 3],
    ])
    const stored = read(0)
    await time.advance(turnCount * turnMillis)
    store.retain({ before: timestampMicrosMax, bytesMax: null })
    arrivals.removeEmptySeries()
    const { series } = await time.until(stored, 1e6)
    expect(series.map(({ name }) => name)).toEqual(['a', 'b', 'c'].slice(0, series.length))
    counts.add(series.length)
  }
  expect([...counts]).toEqual([0, 1, 2, 3])
})

test('more than a recording can hold is refused', async () => {
  const { time, arrivals, read } = open({ names: ['a'] })
  for (let start = 0; start <= 1_000_000; start += 100_000) {
    take(
      arrivals,
      Array.from({ length: start < 1_000_000 ? 100_000 : 1 }, (_, index) => [0, start + index, 1] as const),
    )
  }
  const stored = read(0)
  // The one that is too much may arrive later.
  const fewer = read(1)
  take(arrivals, [[0, 2_000_000, 1]])
  await expect(time.until(stored, 1e6)).rejects.toThrow('more than the 1,000,000 samples')
  expect((await time.until(fewer, 1e6)).runs.counts).toEqual(Uint32Array.of(1_000_000))
})

test('what the store cannot read is refused, and a sender of more than can be kept does not notice', async () => {
  const { time, store, arrivals, read } = open({ keptMax: 2 })
  take(arrivals, [[0, 1, 1]])
  const stored = read(0)
  store.chunkFrom = () => {
    throw new SlungError('store-corrupt', 'cannot read the store: it is damaged')
  }
  take(
    arrivals,
    Array.from({ length: 10 }, (_, timestamp) => [1, timestamp, 1] as const),
  )
  await expect(time.until(stored, 1e6)).rejects.toThrow('cannot read the store: it is damaged')
})
