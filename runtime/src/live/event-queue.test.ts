import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../model/live-event.ts'
import { EventQueue } from './event-queue.ts'

const event = (timestamp: number): LiveEvent => ({ timestamp, value: 0, tags: [], producers: [] })

test('the queue is a list that keeps the newest Events and counts the ones that coalesced', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.boolean(), { maxLength: 200 }), (eventsMax, steps) => {
      const queue = new EventQueue(eventsMax)
      const model: number[] = []
      let coalesced = 0
      for (const [index, isPush] of steps.entries()) {
        if (isPush) {
          queue.push(event(index))
          if (model.push(index) > eventsMax) {
            model.shift()
            coalesced++
          }
        } else {
          expect(queue.shift()?.timestamp).toBe(model.shift())
        }
        expect(queue.count).toBe(model.length)
        expect(queue.coalescedCount).toBe(coalesced)
      }
    }),
  )
})
