import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RecordingBatch } from '../../../test/recording-batch.ts'
import { createSeries, formatSeries } from '../../engine/model/series.ts'
import type { SlungError } from '../../engine/model/slung-error.ts'
import { encodeEvents, eventHeadBytes, type OutgoingEvent } from './event-frame.ts'
import { FrameDecoder, FrameError } from './frame-decoder.ts'

test('a frame holds one event or several', () => {
  const sink = new RecordingBatch()
  const decoder = new FrameDecoder(sink)
  expect(decoder.decode(encodeEvents([{ series: 'temp', timestamp: 7, value: 21.5 }]), fail)).toBe(1)
  const two = encodeEvents([
    { series: 'temp', timestamp: -1, value: -0, tags: ['sensor=1', 'indoor'] },
    { series: 'load', timestamp: Number.MAX_SAFE_INTEGER, value: 5e-324, tags: ['größe=ß'] },
  ])
  expect(decoder.decode(two, fail)).toBe(2)
  expect(sink.samples).toEqual([
    'temp 21.5 @7',
    'temp{indoor,sensor=1} -0 @-1',
    'load{größe=ß} 5e-324 @9007199254740991',
  ])
})

test('the bytes are those of the format page', () => {
  const sink = new RecordingBatch()
  const lines = [
    'c0 0f 8b 46 48 47 06 00', // 2026-01-01T00:00:07Z
    '00 00 00 00 00 c0 44 40', // 41.5
    '04 00 01 00', // a name of 4 bytes, 1 tag
    '74 65 6d 70', // temp
    '03 00 61 3d 31', // a tag of 3 bytes: a=1
  ]
  const frame = new Uint8Array(Buffer.from(lines.join('').replaceAll(' ', ''), 'hex'))
  new FrameDecoder(sink).decode(frame, fail)
  expect(sink.samples).toEqual(['temp{a=1} 41.5 @1767225607000000'])
  expect(encodeEvents([{ series: 'temp', timestamp: 1_767_225_607_000_000, value: 41.5, tags: ['a=1'] }])).toEqual(
    frame,
  )
})

test('the order and repetition of tags make no other series', () => {
  const sink = new RecordingBatch({ seriesMax: 1 })
  const decoder = new FrameDecoder(sink)
  for (const tags of [
    ['a', 'b'],
    ['b', 'a'],
    ['a', 'b', 'a'],
    ['b', 'a'],
  ])
    decoder.decode(rawEvent({ tags }), fail)
  expect(sink.samples).toEqual(Array(4).fill('temp{a,b} 1 @0'))
})

test('an event that cannot be stored is refused, and the others of its frame are taken', () => {
  expect(refusalOf(rawEvent({ value: Number.NaN }))).toBe('value NaN is not a finite number')
  expect(refusalOf(rawEvent({ value: Number.NEGATIVE_INFINITY }))).toBe('value -Infinity is not a finite number')
  expect(refusalOf(rawEvent({ timestamp: 1_767_225_600_000_000_001n }))).toBe(
    'timestamp 1767225600000000001 is out of range, ' +
      'expected microseconds since the Unix epoch within ±9007199254740991',
  )
  expect(refusalOf(rawEvent({ timestamp: 2n ** 53n }))).toMatch(/^timestamp 9007199254740992 is out of range/)
  expect(refusalOf(rawEvent({ timestamp: -(2n ** 53n) }))).toMatch(/^timestamp -9007199254740992 is out of range/)
  expect(refusalOf(rawEvent({ timestamp: -(2n ** 63n) }))).toMatch(/^timestamp -9223372036854775808 is out of range/)
  expect(refusalOf(rawEvent({ series: '' }))).toBe('series name is empty')
  expect(refusalOf(rawEvent({ tags: ['a', ''] }))).toBe('tag is empty')
  expect(refusalOf(rawEvent({ series: Buffer.from('caf\xe9', 'latin1') }))).toBe(
    'series name "caf\ufffd" is not valid UTF-8',
  )
  expect(refusalOf(rawEvent({ tags: [Buffer.from('a=\xff', 'latin1')] }))).toBe('tag "a=\ufffd" is not valid UTF-8')
  expect(refusalOf(rawEvent({ tags: Array.from({ length: 65 }, (_, tag) => `t${tag}`) }))).toMatch(/has 65 tags/)
})

test('what the sink refuses is passed on with the index of the event', () => {
  const sink = new RecordingBatch({ seriesMax: 1, timestampMax: 10 })
  const refusals: string[] = []
  const frame = encodeEvents([
    { series: 'temp', timestamp: 11, value: 1 },
    { series: 'temp', timestamp: 10, value: 2 },
    { series: 'load', timestamp: 10, value: 3 },
    { series: 'temp', timestamp: 11, value: 4 },
  ])
  const taken = new FrameDecoder(sink).decode(frame, ({ code }, index) => refusals.push(`${index} ${code}`))
  expect(taken).toBe(1)
  expect(sink.samples).toEqual(['temp 2 @10'])
  expect(refusals).toEqual(['0 future-timestamp', '2 too-many-series', '3 future-timestamp'])
})

test('a bug of ours is not taken for a refusal', () => {
  const sink = new RecordingBatch()
  sink.add = () => {
    throw new TypeError('a bug')
  }
  expect(() => new FrameDecoder(sink).decode(rawEvent({}), () => {})).toThrow(TypeError)
})

test('a frame that ends too early says where, and keeps the events before', () => {
  const first = rawEvent({ tags: ['a=1'] })
  const second = rawEvent({ series: 'load', tags: ['a=1', 'b=22'] })
  const frame = Buffer.concat([first, second])
  expect(faultOf(new Uint8Array(0))).toMatchObject({
    code: 'bad-frame',
    message: 'the frame is empty, expected at least one event',
    offset: 0,
    taken: 0,
  })
  expect(faultOf(first.subarray(0, 1)).message).toBe(
    'the frame ends inside the head of event 1, which begins at offset 0: at least 19 more bytes were announced',
  )
  const place = `of event 2, which begins at offset ${first.length}`
  const cut = (byteCount: number): string => faultOf(frame.subarray(0, frame.length - byteCount)).message
  expect(cut(1)).toBe(`the frame ends inside the tags ${place}: at least 1 more byte was announced`)
  expect(cut(4)).toBe(`the frame ends inside the tags ${place}: at least 4 more bytes were announced`)
  expect(cut(5)).toBe(`the frame ends inside the tags ${place}: at least 1 more byte was announced`)
  expect(cut(7)).toBe(`the frame ends inside the tags ${place}: at least 3 more bytes were announced`)
  expect(cut(12)).toBe(`the frame ends inside the series ${place}: at least 1 more byte was announced`)
  expect(faultOf(frame.subarray(0, frame.length - 1))).toMatchObject({ offset: first.length, taken: 1 })
})

test('a refused event before the fault does not count as taken', () => {
  const frame = Buffer.concat([rawEvent({ value: Number.NaN }), rawEvent({}), Buffer.of(1)])
  expect(faultOf(frame)).toMatchObject({ offset: 48, taken: 1 })
})

test('law: what was encoded is decoded', () => {
  fc.assert(
    fc.property(fc.array(fc.array(anEvent(), { minLength: 1, maxLength: 20 }), { maxLength: 10 }), (frames) => {
      const sink = new RecordingBatch()
      const decoder = new FrameDecoder(sink)
      for (const events of frames) expect(decoder.decode(encodeEvents(events), fail)).toBe(events.length)
      expect(sink.samples).toEqual(frames.flat().map(expectedOf))
    }),
  )
})

test('law: a frame cut anywhere keeps its whole events and names the next one', () => {
  fc.assert(
    fc.property(fc.array(anEvent(), { minLength: 1, maxLength: 6 }), fc.nat(), (events, cut) => {
      const parts = events.map((event) => encodeEvents([event]))
      const frame = Buffer.concat(parts)
      const end = cut % frame.length
      let offset = 0
      let whole = 0
      while (offset + parts[whole]!.length <= end) offset += parts[whole++]!.length
      const sink = new RecordingBatch()
      // A decoder that knows all series must stop at the same place.
      for (const decoder of [new FrameDecoder(sink), warmDecoder(sink, frame)]) {
        sink.clear()
        if (offset === end && end > 0) {
          expect(decoder.decode(frame.subarray(0, end), fail)).toBe(whole)
        } else {
          expect(faultOf(frame.subarray(0, end), decoder)).toMatchObject({ offset, taken: whole })
        }
        expect(sink.samples).toEqual(events.slice(0, whole).map(expectedOf))
      }
    }),
  )
})

test('law: any bytes lead to events, refusals or a FrameError, and to nothing else', () => {
  const head = fc.tuple(fc.nat(3), fc.nat(3)).map(([name, tags]) => [...Array<number>(16).fill(0), name, 0, tags, 0])
  const piece = fc.oneof(fc.uint8Array({ maxLength: 40 }), head, fc.constantFrom([1, 0, 97], [0, 0], [97]))
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const frame = Uint8Array.from(pieces.flatMap((bytes) => [...bytes]))
      const sink = new RecordingBatch()
      let refusedCount = 0
      let taken: number
      try {
        taken = new FrameDecoder(sink).decode(frame, (_refusal, index) => {
          refusedCount++
          expect(index).toBeLessThan(refusedCount + sink.samples.length)
        })
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        taken = error.taken
        expect(error.offset).toBeLessThanOrEqual(frame.length)
      }
      expect(taken).toBe(sink.samples.length)
    }),
    { numRuns: 1000 },
  )
})

test('law: many series in changing orders are never confused', () => {
  const all = Array.from({ length: 300 }, (_, index) => ({
    series: `s${index % 7}`,
    tags: [`a=${index}`, `b=${index % 11}`],
  }))
  fc.assert(
    fc.property(
      fc.array(fc.nat(all.length - 1), { minLength: 1, maxLength: 600 }),
      fc.boolean(),
      (order, inOneFrame) => {
        const events = order.map((index, turn) => ({ ...all[index]!, timestamp: turn, value: index }))
        const sink = new RecordingBatch()
        const decoder = new FrameDecoder(sink)
        for (const frame of inOneFrame ? [events] : events.map((event) => [event]))
          decoder.decode(encodeEvents(frame), fail)
        expect(sink.samples).toEqual(events.map(expectedOf))
      },
    ),
  )
})

/** An event as a careless client would write it: nothing is checked. */
function rawEvent(event: {
  series?: string | Uint8Array
  timestamp?: bigint
  value?: number
  tags?: readonly (string | Uint8Array)[]
}): Buffer {
  const { series = 'temp', timestamp = 0n, value = 1, tags = [] } = event
  const head = Buffer.alloc(eventHeadBytes)
  head.writeBigInt64LE(timestamp)
  head.writeDoubleLE(value, 8)
  head.writeUInt16LE(Buffer.from(series as string).length, 16)
  head.writeUInt16LE(tags.length, 18)
  const tagBytes = tags.map((tag) => {
    const bytes = Buffer.from(tag as string)
    return Buffer.from([bytes.length & 255, bytes.length >> 8, ...bytes])
  })
  return Buffer.concat([head, Buffer.from(series as string), ...tagBytes])
}

/** Why an event is refused, in a frame between two good ones. */
function refusalOf(event: Uint8Array): string {
  const sink = new RecordingBatch()
  const refusals: string[] = []
  const frame = Buffer.concat([rawEvent({ series: 'before' }), event, rawEvent({ series: 'after' })])
  const taken = new FrameDecoder(sink).decode(frame, ({ message }, index) => refusals.push(`${index}: ${message}`))
  expect(taken).toBe(2)
  expect(sink.samples).toEqual(['before 1 @0', 'after 1 @0'])
  expect(refusals).toHaveLength(1)
  return refusals[0]!.slice('1: '.length)
}

function faultOf(frame: Uint8Array, decoder: FrameDecoder = new FrameDecoder(new RecordingBatch())): FrameError {
  try {
    decoder.decode(frame, () => {})
  } catch (error) {
    if (error instanceof FrameError) return error
    throw error
  }
  throw new Error('there was no fault')
}

function warmDecoder(sink: RecordingBatch, frame: Uint8Array): FrameDecoder {
  const decoder = new FrameDecoder(sink)
  decoder.decode(frame, fail)
  return decoder
}

function anEvent(): fc.Arbitrary<OutgoingEvent> {
  const name = fc.string({ unit: fc.constantFrom(...'abé😀 ='), minLength: 1, maxLength: 4 })
  return fc.record({
    series: name,
    timestamp: fc.maxSafeInteger(),
    value: fc.double({ noDefaultInfinity: true, noNaN: true }),
    tags: fc.array(name, { maxLength: 4 }),
  })
}

function expectedOf({ series, timestamp, value, tags = [] }: OutgoingEvent): string {
  return `${formatSeries(createSeries(series, tags))} ${Object.is(value, -0) ? '-0' : value} @${timestamp + 0}`
}

function fail(refusal: SlungError): void {
  throw new Error(`refused: ${refusal.message}`)
}
