import { expect, test } from 'vitest'
import { encodeEvents, FrameEncoder, type OutgoingEvent } from './event-frame.ts'

const event: OutgoingEvent = { series: 'temp', timestamp: 1, value: 2, tags: ['a=1'] }

test('events are appended one by one and taken together', () => {
  const encoder = new FrameEncoder()
  encoder.append(event)
  expect(encoder.byteCount).toBe(29)
  encoder.append({ ...event, timestamp: 3 })
  expect(encoder).toMatchObject({ byteCount: 58, eventCount: 2 })
  const frame = encoder.take()
  expect(frame).toEqual(encodeEvents([event, { ...event, timestamp: 3 }]))
  expect(encoder).toMatchObject({ byteCount: 0, eventCount: 0 })
  encoder.append({ ...event, value: 9 })
  expect(encoder.take()).toEqual(encodeEvents([{ ...event, value: 9 }]))
  // The caller keeps it: the next frame does not overwrite it.
  expect(frame).toEqual(encodeEvents([event, { ...event, timestamp: 3 }]))
})

test('tags are written once each and in order, so that one series has one form', () => {
  expect(encodeEvents([{ ...event, tags: ['b', 'a=1', 'b'] }])).toEqual(
    encodeEvents([{ ...event, tags: ['a=1', 'b'] }]),
  )
})

test('what a runtime would refuse is refused, and the frame stays as it was', () => {
  const encoder = new FrameEncoder()
  encoder.append(event)
  const refused: [Partial<OutgoingEvent>, string][] = [
    [{ value: Number.NaN }, 'value NaN is not a finite number'],
    [{ value: Number.POSITIVE_INFINITY }, 'value Infinity is not a finite number'],
    [{ timestamp: 1.5 }, 'timestamp 1.5 is not an integer number of microseconds'],
    [{ timestamp: 2 ** 53 }, 'timestamp 9007199254740992 is not an integer number of microseconds'],
    [{ series: '' }, 'series name is empty'],
    [{ tags: ['a=\ud800'] }, 'not valid UTF-8'],
    [{ tags: ['x'.repeat(1025)] }, 'is 1025 bytes long'],
  ]
  for (const [change, message] of refused) expect(() => encoder.append({ ...event, ...change })).toThrow(message)
  expect(encoder.take()).toEqual(encodeEvents([event]))
})

test('a line feed in a name does not pass for the border between name and tag', () => {
  const encoder = new FrameEncoder()
  encoder.append({ ...event, series: 'a', tags: ['b', 'c'] })
  expect(() => encoder.append({ ...event, series: 'a\nb', tags: ['c'] })).toThrow('control character')
  expect(() => encoder.append({ ...event, series: 'a\nb\nc', tags: [] })).toThrow('control character')
  expect(() => encoder.append({ ...event, series: 'a', tags: ['b\nc'] })).toThrow('control character')
})
