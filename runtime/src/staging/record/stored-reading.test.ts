import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noProducer } from '../../engine/model/columns.ts'
import { createSeries } from '../../engine/model/series.ts'
import { Arrivals } from '../../engine/arrival/arrivals.ts'
import { MemoryStore } from '../../engine/store/memory-store.ts'
import type { StoredFact } from './recorded-fact.ts'
import { Scribe } from './scribe.ts'
import { StoredReading } from './stored-reading.ts'

const always = (): boolean => true
const never = (): boolean => false

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
function rowsOf(facts: readonly StoredFact[]): number[][] {
  const scribe = new Scribe(true)
  const texts: string[] = []
  const begin = { kind: 'begin', at: 0, version: '', workflows: [] } as const
  for (const fact of [...facts, { kind: 'opened', begin } as const]) {
    for (const part of scribe.take(fact)) if ('text' in part) texts.push(part.text)
  }
  return texts.flatMap((text) => (JSON.parse(text) as { rows?: number[][] }).rows ?? [])
}

test('law: read in slices, while samples arrive, it is what the store held at the beginning', () => {
  const sample = fc.tuple(fc.nat(2), fc.nat(4000), fc.integer({ min: 1, max: 99 }))
  const batches = fc.array(fc.array(sample, { minLength: 1, maxLength: 2000 }), { maxLength: 5 })
  fc.assert(
    fc.property(batches, batches, fc.constantFrom(10_000, 300), (before, later, keptMax) => {
      const store = new MemoryStore()
      for (const name of ['a', 'b', 'c']) store.intern(createSeries(name, []))
      const arrivals = new Arrivals({ store, now: () => 0, keptMax })
      for (const rows of before) take(arrivals, rows)
      const held: number[][] = []
      store.select({ names: null, tags: { kind: 'everything' } }, { start: 100, end: 1e9 }, (...row) => held.push(row))

      const reading = new StoredReading(arrivals, store, 100)
      const facts: StoredFact[] = []
      for (const rows of later) {
        reading.read(always)
        facts.push(reading.take())
        take(arrivals, rows)
      }
      reading.read(never)
      facts.push(reading.take())
      reading.close()
      expect(reading.isComplete).toBe(true)
      expect(rowsOf(facts)).toEqual(held)
    }),
    { numRuns: 100 },
  )
})

test('a slice is one chunk at least, and not much more', () => {
  const store = new MemoryStore()
  store.intern(createSeries('a', []))
  const arrivals = new Arrivals({ store, now: () => 0 })
  take(
    arrivals,
    Array.from({ length: 100_000 }, (_, timestamp) => [0, timestamp, 1] as const),
  )
  const reading = new StoredReading(arrivals, store, 0)
  let slices = 0
  for (; !reading.isComplete; slices++) {
    reading.read(always)
    expect(reading.take().timestamps.length).toBeLessThanOrEqual(1024)
  }
  expect(slices).toBeGreaterThanOrEqual(97)
})

test('more than a recording can hold is refused, and so is what the store cannot read', () => {
  const store = new MemoryStore()
  store.intern(createSeries('a', []))
  const arrivals = new Arrivals({ store, now: () => 0 })
  const rows = Array.from({ length: 100_001 }, (_, timestamp) => [0, timestamp, 1] as const)
  for (let part = 0; part < 10; part++) {
    take(
      arrivals,
      rows.map(([series, timestamp, value]) => [series, part * 100_001 + timestamp, value] as const),
    )
  }
  expect(() => new StoredReading(arrivals, store, 0).read(never)).toThrow('more than the 1,000,000 samples')
  // In the middle of an event turn of somebody else, nothing is thrown.
  const reading = new StoredReading(arrivals, store, 0)
  reading.setAside()
  expect(() => reading.read(never)).toThrow('more than the 1,000,000 samples')
})
