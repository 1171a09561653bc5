import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../../engine/model/live-event.ts'
import { EventBatchBuilder } from './event-batch.ts'
import { EventInbox } from './event-inbox.ts'

const event = (timestamp: number): LiveEvent => ({ timestamp, value: 1, tags: ['a=1'], producers: [1] })

/** The handles for which the sample of each arrival makes an Event. */
const arrivals = fc.array(fc.uniqueArray(fc.constantFrom(1, 2, 3), { minLength: 1 }), { maxLength: 30 })

test('polls see the Events in the order of a replay, however they are cut into batches', () => {
  const polls = fc.array(fc.constantFrom(1, 2, 3), { minLength: 60, maxLength: 120 })
  fc.assert(
    fc.property(arrivals, polls, fc.integer({ min: 1, max: 7 }), (handlesOf, handles, batchSize) => {
      // A replay: a poll that finds its own queue empty takes in one more sample.
      const queues = new Map<number, number[]>([1, 2, 3].map((handle) => [handle, []]))
      let taken = 0
      const pollReplay = (handle: number): number | undefined => {
        if (queues.get(handle)!.length === 0 && taken < handlesOf.length) {
          for (const to of handlesOf[taken]!) queues.get(to)!.push(taken)
          taken++
        }
        return queues.get(handle)!.shift()
      }

      const inbox = new EventInbox()
      for (const handle of [1, 2, 3]) inbox.open(handle)
      let sent = 0
      const fill = (): void => {
        const builder = new EventBatchBuilder()
        const end = Math.min(sent + batchSize, handlesOf.length)
        for (; sent < end; sent++) for (const handle of handlesOf[sent]!) builder.add(handle, sent, event(sent))
        inbox.fill(builder.finish())
      }
      for (const handle of handles) {
        if (!inbox.hasMore) fill()
        expect(inbox.poll(handle)?.timestamp).toBe(pollReplay(handle))
      }
    }),
  )
})

test('an Event arrives as it was sent', () => {
  const builder = new EventBatchBuilder()
  const sent = { timestamp: -5, value: 0.1, tags: ['ort=Zürich', 'wach'], producers: [3, 12] }
  builder.add(7, 1, sent)
  const inbox = new EventInbox()
  inbox.open(7)
  inbox.fill(structuredClone(builder.finish()))

  expect(inbox.poll(7)).toEqual(sent)
  expect(inbox.poll(7)).toBeUndefined()
})

test('a freed handle gets nothing more, and holds nothing back', () => {
  const builder = new EventBatchBuilder()
  for (const arrival of [1, 2]) for (const handle of [1, 2]) builder.add(handle, arrival, event(arrival))
  const inbox = new EventInbox()
  for (const handle of [1, 2]) inbox.open(handle)
  inbox.fill(builder.finish())
  expect(inbox.poll(1)?.timestamp).toBe(1)
  expect(inbox.isHolding).toBe(true)

  expect(inbox.free(2)).toBe(true)
  expect(inbox.free(2)).toBe(false)
  expect(inbox.poll(1)?.timestamp).toBe(2)
  expect([inbox.poll(2), inbox.isHolding, inbox.hasMore]).toEqual([undefined, false, false])
})
