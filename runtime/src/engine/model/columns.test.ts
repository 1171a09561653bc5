import fc from 'fast-check'
import { expect, test } from 'vitest'
import { grownColumn, SampleBatchBuilder, type AppendRefusal, type SampleBatch } from './columns.ts'
import { SlungError } from './slung-error.ts'

const openGate = { intern: () => 0, latestFor: () => Number.POSITIVE_INFINITY }

test('law: a batch holds what was added, except what was removed, however often it is filled', () => {
  const sample = fc.record({ series: fc.nat(9), value: fc.integer(), producer: fc.nat(3), isRefused: fc.boolean() })
  const batch = new SampleBatchBuilder(openGate)
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 700, size: 'max' }), (samples) => {
      batch.clear()
      for (const [index, { series, value, producer }] of samples.entries()) {
        batch.producer = producer
        batch.add(series, index, value, 2 * index)
      }
      batch.remove(samples.flatMap(({ isRefused }, index) => (isRefused ? [refusalOf(index)] : [])))

      const kept = samples.flatMap(({ series, value, producer, isRefused }, index) =>
        isRefused ? [] : [[series, index, value, producer, 2 * index]],
      )
      expect(rowsOf(batch)).toEqual(kept)
    }),
    { numRuns: 50 },
  )
})

test('a timestamp that lies too far in the future is refused, and the gate is asked again only beyond its answer', () => {
  const asked: number[] = []
  const batch = new SampleBatchBuilder({
    intern: () => 0,
    latestFor: (timestamp) => {
      asked.push(timestamp)
      if (timestamp > 10) throw new SlungError('future-timestamp', 'too late')
      return 10
    },
  })

  for (const timestamp of [1, 2, 10]) batch.add(0, timestamp, 1, 0)
  expect(() => batch.add(0, 11, 1, 0)).toThrow('too late')

  expect(asked).toEqual([1, 11])
  expect(batch.count).toBe(3)
})

test('a column grows to twice its length, or as far as requested and allowed', () => {
  const column = Float64Array.of(1, 2)

  expect(grownColumn(column)).toEqual(Float64Array.of(1, 2, 0, 0))
  expect(grownColumn(column, 5)).toHaveLength(5)
  expect(grownColumn(column, 5, 3)).toHaveLength(3)
  expect(grownColumn(new Uint32Array(0), 1)).toEqual(Uint32Array.of(0))
})

function refusalOf(index: number): AppendRefusal {
  return { index, error: new SlungError('store-corrupt', 'damaged') }
}

function rowsOf(batch: SampleBatch & Pick<SampleBatchBuilder, 'positionOf'>): number[][] {
  const { count, series, timestamps, values, producers } = batch
  return Array.from({ length: count }, (_, index) => [
    series[index]!,
    timestamps[index]!,
    values[index]!,
    producers[index]!,
    batch.positionOf(index),
  ])
}
