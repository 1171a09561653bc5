import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SampleHeap } from './sample-heap.ts'

const small = fc.integer({ min: 0, max: 20 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('push' as const), key: small, other: small }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('dropOthersBelow' as const), start: small }) },
)

test('law: the sample at hand has the smallest key of those that are left', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const heap = new SampleHeap()
      let left: { key: number; other: number; producer: number }[] = []
      for (const [producer, one] of steps.entries()) {
        if (one.kind === 'push') {
          heap.push(one.key, one.other, producer)
          left.push({ key: one.key, other: one.other, producer })
        } else if (one.kind === 'drop' && left.length > 0) {
          const { producer: dropped } = heap
          heap.drop()
          left = left.filter((sample) => sample.producer !== dropped)
        } else if (one.kind === 'dropOthersBelow') {
          heap.dropOthersBelow(one.start)
          left = left.filter(({ other }) => other >= one.start)
        }

        expect(heap.count).toBe(left.length)
        expect(heap.key).toBe(Math.min(...left.map(({ key }) => key)))
        if (left.length > 0) {
          expect(left).toContainEqual({ key: heap.key, other: heap.other, producer: heap.producer })
        }
      }
    }),
    { numRuns: 300 },
  )
})
