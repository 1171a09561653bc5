import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../../engine/model/live-event.ts'
import { EventEncoder } from './event-json.ts'

function encode(encoder: EventEncoder, event: LiveEvent): string {
  const byteCount = encoder.encode(event)
  return new TextDecoder('utf-8', { fatal: true }).decode(encoder.bytes.subarray(0, byteCount))
}

test('the format is that of the ABI page', () => {
  const event = { timestamp: 1_767_225_600_000_000, value: 21.5, tags: ['sensor=1', 'wach'], producers: [3, 12] }
  expect(encode(new EventEncoder(), event)).toBe(
    '{"timestamp":1767225600000000,"value":21.5,"tags":["sensor=1","wach"],"producers":[3,12]}',
  )
})

test('reading the JSON of any Event gives it back, again and again', () => {
  const integer = fc.maxSafeInteger()
  const arbitraryEvent = fc.record({
    timestamp: integer,
    value: fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), integer),
    tags: fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { maxLength: 64 }),
    producers: fc.array(fc.maxSafeNat(), { maxLength: 40 }),
  })
  const encoder = new EventEncoder()
  fc.assert(
    fc.property(arbitraryEvent, (event) => {
      expect(JSON.parse(encode(encoder, event))).toEqual(event)
      expect(JSON.parse(encode(encoder, { ...event, timestamp: 0 }))).toEqual({ ...event, timestamp: 0 })
    }),
  )
})

test.each([
  0,
  -0,
  9,
  10,
  99_999_999,
  100_000_000,
  -100_000_001,
  2 ** 53 - 1,
  -(2 ** 53) + 1,
  2 ** 53,
  1e21,
  5e-324,
  -1e-7,
])('the number %d keeps every digit', (value) => {
  const text = encode(new EventEncoder(), { timestamp: 0, value, tags: [], producers: [] })
  expect((JSON.parse(text) as LiveEvent).value).toBe(value)
})

test('1,024 producers and 64 long tags fit', () => {
  const event = {
    timestamp: 1,
    value: 2,
    tags: Array.from({ length: 64 }, (_, index) => `${index}=${'ä'.repeat(500)}`),
    producers: Array.from({ length: 1024 }, (_, index) => Number.MAX_SAFE_INTEGER - index),
  }
  expect(JSON.parse(encode(new EventEncoder(), event))).toEqual(event)
})

test('a value that is not a number is a bug of the host, not broken JSON', () => {
  expect(() => new EventEncoder().encode({ timestamp: 0, value: Number.NaN, tags: [], producers: [] })).toThrow(/BUG/)
})
