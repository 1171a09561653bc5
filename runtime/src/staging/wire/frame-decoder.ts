/**
 * Reads events from frames (`docs/formats/event-frame.md`) into a batch. This is the hottest loop of a runtime: for a
 * known series, it makes no string, no object and no bigint.
 */
import type { SampleBatchBuilder } from '../../engine/model/columns.ts'
import { createSeries, type Series } from '../../engine/model/series.ts'
import { SlungError } from '../../engine/model/slung-error.ts'
import { timestampMicrosMax, type Micros } from '../../engine/model/timestamp.ts'
import { quote } from '../../engine/text/quote.ts'
import { eventHeadBytes, labelsOffset } from './event-frame.ts'
import { FrameSeriesTable } from './frame-series-table.ts'

/** A frame that is not a sequence of events. */
export class FrameError extends SlungError {
  /** The first byte of the frame that is wrong. */
  readonly offset: number
  /** Events before the fault that were taken. */
  readonly taken: number

  constructor(message: string, offset: number, taken: number) {
    super('bad-frame', message)
    this.name = 'FrameError'
    this.offset = offset
    this.taken = taken
  }
}

/** Reads the frames of any number of connections. */
export class FrameDecoder {
  readonly #batch: SampleBatchBuilder
  readonly #table = new FrameSeriesTable()
  /** One double, assembled from its bytes: a `DataView` would be one more object per frame. */
  readonly #double = new Float64Array(1)
  readonly #doubleBytes = new Uint8Array(this.#double.buffer)

  /** @param batch - receives all samples; the code that takes them out clears it */
  constructor(batch: SampleBatchBuilder) {
    this.#batch = batch
  }

  /**
   * Reads a frame, which may hold several events. Skips an event that cannot be stored.
   *
   * @param frame - not kept
   * @param onRefused - receives why an event was not taken, and its index in the frame, from 0
   * @returns how many events went into the batch
   * @throws {FrameError} when the frame is empty or ends inside an event; the events before that are in the batch
   */
  decode(frame: Uint8Array, onRefused: (refusal: SlungError, eventIndex: number) => void): number {
    const frameEnd = frame.length
    if (frameEnd === 0) throw new FrameError('the frame is empty, expected at least one event', 0, 0)
    const table = this.#table
    let taken = 0
    let at = 0
    for (let index = 0; at < frameEnd; index++) {
      const labelsAt = at + labelsOffset
      let end = table.predict(frame, labelsAt, frameEnd)
      const isPredicted = end >= 0
      if (!isPredicted) end = findEventEnd(frame, at, index, taken)
      try {
        const timestamp = readTimestamp(frame, at)
        const value = this.#readValue(frame, at + 8)
        if (!isPredicted && !table.find(frame, labelsAt, end)) {
          table.add(frame, labelsAt, end, this.#batch.intern(readSeries(frame, labelsAt), timestamp))
        }
        this.#batch.add(table.value, timestamp, value, index)
        taken++
      } catch (error) {
        if (!(error instanceof SlungError)) throw error
        onRefused(error, index)
      }
      at = end
    }
    return taken
  }

  /** Forgets series that are removed, by the ids that the batch had for them. */
  forgetSeries(ids: ReadonlySet<number>): void {
    this.#table.forget(ids)
  }

  #readValue(frame: Uint8Array, at: number): number {
    const bytes = this.#doubleBytes
    bytes[0] = frame[at]!
    bytes[1] = frame[at + 1]!
    bytes[2] = frame[at + 2]!
    bytes[3] = frame[at + 3]!
    bytes[4] = frame[at + 4]!
    bytes[5] = frame[at + 5]!
    bytes[6] = frame[at + 6]!
    bytes[7] = frame[at + 7]!
    const value = this.#double[0]!
    if (!Number.isFinite(value)) throw new SlungError('bad-value', `value ${value} is not a finite number`)
    return value
  }
}

/** Exact for all valid timestamps: the halves of an i64 as doubles, whose sum is not rounded below 2^53. */
function readTimestamp(frame: Uint8Array, at: number): Micros {
  const timestamp = readInt32(frame, at + 4) * 2 ** 32 + (readInt32(frame, at) >>> 0)
  if (Number.isSafeInteger(timestamp)) return timestamp
  const exact = new DataView(frame.buffer, frame.byteOffset + at).getBigInt64(0, true)
  const expected = `expected microseconds since the Unix epoch within ±${timestampMicrosMax}`
  throw new SlungError('bad-timestamp', `timestamp ${exact} is out of range, ${expected}`)
}

/** The offset after the event at `start`. @throws {FrameError} when the frame ends before it */
function findEventEnd(frame: Uint8Array, start: number, index: number, taken: number): number {
  const { length } = frame
  let end = start + eventHeadBytes
  if (end > length) throw endsInside('the head', start, index, end - length, taken)
  const tagCount = readUint16(frame, start + labelsOffset + 2)
  end += readUint16(frame, start + labelsOffset)
  if (end > length) throw endsInside('the series', start, index, end - length, taken)
  for (let tag = 0; tag < tagCount; tag++) {
    // A tag whose length is missing takes at least two bytes, and so do those after it.
    const rest = 2 * (tagCount - tag)
    if (end + 2 > length) throw endsInside('the tags', start, index, end + rest - length, taken)
    end += 2 + readUint16(frame, end)
    if (end > length) throw endsInside('the tags', start, index, end + rest - 2 - length, taken)
  }
  return end
}

function endsInside(what: string, offset: number, index: number, missing: number, taken: number): FrameError {
  const place = `the frame ends inside ${what} of event ${index + 1}, which begins at offset ${offset}`
  const bytes = missing === 1 ? '1 more byte was' : `${missing} more bytes were`
  return new FrameError(`${place}: at least ${bytes} announced`, offset, taken)
}

/** Reads labels whose end is known. @throws {SlungError} when they are not a valid series */
function readSeries(frame: Uint8Array, labelsAt: number): Series {
  let at = labelsAt + 4
  const nameLength = readUint16(frame, labelsAt)
  const name = readText('series name', frame, at, nameLength)
  at += nameLength
  const tags: string[] = []
  for (let tagCount = readUint16(frame, labelsAt + 2); tagCount > 0; tagCount--) {
    const tagLength = readUint16(frame, at)
    tags.push(readText('tag', frame, at + 2, tagLength))
    at += 2 + tagLength
  }
  return createSeries(name, tags)
}

function readText(what: string, frame: Uint8Array, at: number, length: number): string {
  const bytes = frame.subarray(at, at + length)
  try {
    return strictDecoder.decode(bytes)
  } catch (cause) {
    throw new SlungError('bad-series', `${what} ${quote(lenientDecoder.decode(bytes))} is not valid UTF-8`, { cause })
  }
}

function readUint16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}

function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const lenientDecoder = new TextDecoder('utf-8', { ignoreBOM: true })
