import { RecordingBatch } from '../../test/recording-batch.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameDecoder } from '../staging/wire/frame-decoder.ts'
import { frameEventsMax, Outbox } from './outbox.ts'

/** Adds events whose value is their ordinal, and closes the frame. */
function sendFrame(outbox: Outbox, eventCount: number): Uint8Array {
  for (let index = 0; index < eventCount; index++) {
    // Tags of several lengths, so that events differ in length.
    const tags = Array.from({ length: outbox.sentCount % 3 }, (_, tag) => `${'t'.repeat(tag + 1)}=${outbox.sentCount}`)
    outbox.append({ series: 'temp', timestamp: 0, value: outbox.sentCount + 1, tags })
  }
  return outbox.closeFrame()!
}

/** The ordinals of the events in a frame. */
function ordinalsIn(...frames: Uint8Array[]): number[] {
  const batch = new RecordingBatch()
  const decoder = new FrameDecoder(batch)
  for (const frame of frames) {
    decoder.decode(frame, (refusal) => {
      throw refusal
    })
  }
  return [...batch.values.subarray(0, batch.count)]
}

test('a frame holds the events since the last one, and is complete at 2,000 of them or 64 KiB', () => {
  const outbox = new Outbox()
  expect(outbox.closeFrame()).toBeNull()
  expect(ordinalsIn(sendFrame(outbox, 3))).toEqual([1, 2, 3])
  expect(ordinalsIn(sendFrame(outbox, 2))).toEqual([4, 5])
  const event = { series: 'temp', timestamp: 0, value: 1 }
  for (let index = 1; index < frameEventsMax; index++) expect(outbox.append(event)).toBe(false)
  expect(outbox.append(event)).toBe(true)
  outbox.closeFrame()
  const longEvent = { ...event, tags: ['x'.repeat(1024)] }
  for (let index = 1; index < 63; index++) expect(outbox.append(longEvent)).toBe(false)
  expect(outbox.append(longEvent)).toBe(true)
})

test('an event that no runtime takes is not counted', () => {
  const outbox = new Outbox()
  expect(() => outbox.append({ series: 'temp', timestamp: 0.5, value: 1 })).toThrow('0.5')
  expect(() => outbox.append({ series: '', timestamp: 0, value: 1 })).toThrow('series name is empty')
  expect(outbox.sentCount).toBe(0)
  expect(ordinalsIn(sendFrame(outbox, 1))).toEqual([1])
})

test('acknowledgements count what was taken, so a refused event shifts those behind it', () => {
  const outbox = new Outbox()
  sendFrame(outbox, 3)
  sendFrame(outbox, 3)
  expect(outbox.refuse(2)).toBe(2)
  expect(outbox.acknowledge(2)).toBe(true)
  expect(outbox).toMatchObject({ settledThrough: 3, acknowledgedCount: 2, refusedCount: 1, unsettledCount: 3 })
  expect(outbox.refuse(6)).toBe(6)
  expect(outbox.acknowledge(4)).toBe(true)
  expect(outbox).toMatchObject({ settledThrough: 6, acknowledgedCount: 4, refusedCount: 2, unsettledCount: 0 })
})

test('the last events of a frame may be refused after the others are durable', () => {
  const outbox = new Outbox()
  sendFrame(outbox, 3)
  outbox.acknowledge(2)
  expect(outbox.settledThrough).toBe(0)
  expect(outbox.refuse(3)).toBe(3)
  expect(outbox.settledThrough).toBe(3)
})

test('what cannot be true is not taken', () => {
  const outbox = new Outbox()
  expect(outbox.acknowledge(1)).toBe(false)
  expect(outbox.refuse(1)).toBeNull()
  sendFrame(outbox, 5)
  expect(outbox.acknowledge(6)).toBe(false)
  expect(outbox.acknowledge(2)).toBe(true)
  for (const count of [0, 1, 2]) expect(outbox.acknowledge(count)).toBe(false)
  for (const event of [0, 1, 2, 6]) expect(outbox.refuse(event)).toBeNull()
  expect(outbox.refuse(4)).toBe(4)
  expect(outbox.refuse(4)).toBeNull()
  expect(outbox.acknowledge(5)).toBe(false)
  expect(outbox).toMatchObject({ acknowledgedCount: 2, refusedCount: 1, unsettledCount: 2 })
})

test('a new connection gets what is not settled, and counts from 1 again', () => {
  const outbox = new Outbox()
  sendFrame(outbox, 4)
  sendFrame(outbox, 5)
  outbox.refuse(2)
  outbox.acknowledge(2)
  outbox.refuse(7)
  expect(ordinalsIn(...outbox.reconnect())).toEqual([4, 5, 6, 8, 9])
  expect(outbox.refuse(4)).toBe(8)
  expect(outbox.acknowledge(4)).toBe(true)
  expect(outbox).toMatchObject({ unsettledCount: 0, settledThrough: 9, acknowledgedCount: 6, refusedCount: 3 })
  expect(outbox.reconnect()).toEqual([])
})

test('law: each event is sent until it is settled, in order, through acknowledgements, refusals and losses', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('send' as const), count: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ do: fc.constant('ack' as const), count: fc.nat(8) }),
    fc.record({ do: fc.constant('lose' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.func(fc.boolean()), (steps, isRefused) => {
      const outbox = new Outbox()
      /** What the runtime has on this connection: ordinals, in order, not yet handled. */
      let inbox: number[] = []
      let eventCount = 0
      let takenCount = 0
      const durable: number[] = []
      const refused: number[] = []
      /** The runtime handles `count` events: refuses some, makes the others durable, acknowledges. */
      const take = (count: number): void => {
        for (const ordinal of inbox.splice(0, count)) {
          eventCount++
          if (isRefused(ordinal)) {
            expect(outbox.refuse(eventCount)).toBe(ordinal)
            refused.push(ordinal)
          } else {
            takenCount++
            durable.push(ordinal)
          }
        }
        // Every refusal is out by now, as with a real runtime.
        outbox.acknowledge(takenCount)
      }
      for (const current of steps) {
        if (current.do === 'send') inbox.push(...ordinalsIn(sendFrame(outbox, current.count)))
        else if (current.do === 'ack') take(current.count)
        else {
          inbox = ordinalsIn(...outbox.reconnect())
          eventCount = 0
          takenCount = 0
        }
        expect(outbox.acknowledgedCount).toBe(durable.length)
        expect(outbox.refusedCount).toBe(refused.length)
        expect(inbox).toHaveLength(outbox.unsettledCount)
      }
      take(Number.POSITIVE_INFINITY)
      expect(outbox).toMatchObject({ unsettledCount: 0, settledThrough: outbox.sentCount })
      const all = Array.from({ length: outbox.sentCount }, (_, index) => index + 1)
      expect(durable).toEqual(all.filter((ordinal) => !isRefused(ordinal)))
      expect(refused).toEqual(all.filter((ordinal) => isRefused(ordinal)))
    }),
  )
})
