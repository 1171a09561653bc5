import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SampleRing } from './sample-ring.ts'

test('law: it is a list of samples that loses them at both ends, however far it grows and wraps', () => {
  // More pushes than drops, so that it outgrows its first columns while it wraps around.
  const steps = fc.array(fc.constantFrom('push', 'push', 'push', 'dropOldest', 'dropNewest'), {
    maxLength: 400,
    size: 'max',
  })

  fc.assert(
    fc.property(steps, (kinds) => {
      const ring = new SampleRing()
      const model: { timestamp: number; value: number; producer: number }[] = []
      for (const [index, kind] of kinds.entries()) {
        if (kind === 'push') {
          const sample = { timestamp: index, value: -index, producer: index % 3 }
          ring.push(sample.timestamp, sample.value, sample.producer)
          model.push(sample)
        } else if (model.length > 0) {
          ring[kind]()
          if (kind === 'dropOldest') model.shift()
          else model.pop()
        }
        expect(ring.count).toBe(model.length)
        if (model.length === 0) continue
        expect(oldestOf(ring)).toEqual(model[0])
        expect(ring.newestValue).toBe(model.at(-1)?.value)
      }
      for (const sample of model) {
        expect(oldestOf(ring)).toEqual(sample)
        ring.dropOldest()
      }
      expect(ring.count).toBe(0)
    }),
  )
})

function oldestOf(ring: SampleRing): { timestamp: number; value: number; producer: number } {
  return { timestamp: ring.oldestTimestamp, value: ring.oldestValue, producer: ring.oldestProducer }
}
